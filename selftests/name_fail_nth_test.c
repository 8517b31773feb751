// SPDX-License-Identifier: GPL-2.0
/*
 * V175: makes every allocation and every user copy of every command with names fail once. The
 * command must return a documented error, leave no name and change nothing. Skips on a kernel
 * without fault injection.
 */
#include "fail_nth.h"
#include "names.h"
#include "stress.h"

#define FOLDER	IN_BASE(u"folder")
#define STAY	3	/* names in the folder at the start */

static int dev, other, folder, event, directory, named_link;

/* Undoes a command that succeeded, if closing the fd does not. */
static void undo_permanent(int fd)
{
	while (make_temporary(fd))
		;
}

static void undo_make_permanent(int ret)
{
	undo_permanent(event);
}

static int op_create_event(void)
{
	return create_event(dev, u"new", folder, 0);
}

static int op_create_absolute(void)
{
	return create_event(dev, FOLDER u"\\directory\\new", NO_ROOT, FOLD | OPENIF);
}

static int op_create_through_links(void)
{
	return create_event(dev, BASE u"\\Global\\Local\\folder\\new", NO_ROOT, 0);
}

static int op_create_by_link(void)
{
	return create_event(dev, u"link", folder, OPENIF);
}

static int op_create_permanent(void)
{
	return create_event(dev, u"new", folder, PERMANENT);
}

static int op_create_permanent_directory(void)
{
	return create_directory(dev, u"new", folder, PERMANENT);
}

static int op_open_if(void)
{
	return create_event(dev, u"EVENT", folder, OPENIF | FOLD);
}

static int op_collide(void)
{
	return create_event(dev, u"event", folder, 0);
}

static int op_mismatch(void)
{
	return create_event(dev, u"directory", folder, OPENIF);
}

static int op_create_exclusive(void)
{
	return create_event(dev, u"new", folder, NTEVENT_OBJ_EXCLUSIVE);
}

static int op_create_directory(void)
{
	return create_directory(dev, u"new", folder, 0);
}

static int op_open_if_directory(void)
{
	return create_directory(dev, u"directory", folder, OPENIF);
}

static int op_create_link(void)
{
	return create_link(dev, u"new", folder, FOLDER u"\\event");
}

static int op_create_directory_without_name(void)
{
	return create_directory(dev, NULL, NO_ROOT, 0);
}

static int op_create_link_without_name(void)
{
	return create_link(dev, NULL, NO_ROOT, FOLDER);
}

static int op_open_event(void)
{
	return open_event(dev, FOLDER u"\\event", NO_ROOT, 0);
}

static int op_open_through_links(void)
{
	return open_event(dev, BASE u"\\Local\\folder\\event", NO_ROOT, FOLD);
}

static int op_open_absent(void)
{
	return open_event(dev, u"absent", folder, 0);
}

static int op_open_directory(void)
{
	return open_directory(dev, u"directory", folder, 0);
}

static int op_open_link(void)
{
	return open_link(dev, FOLDER u"\\link", NO_ROOT, 0);
}

static int op_duplicate_event(void)
{
	return duplicate(event, NTEVENT_QUERY_STATE, 0);
}

static int op_duplicate_directory(void)
{
	return duplicate(directory, 0, NTEVENT_DUPLICATE_SAME_ACCESS);
}

static int op_duplicate_link(void)
{
	return duplicate(named_link, LINK_ALL, 0);
}

static int op_query_object(void)
{
	struct ntevent_object_info info;
	char16_t name[64];

	return query_object(event, &info, name, sizeof(name));
}

static int op_query_short(void)
{
	struct ntevent_object_info info;
	char16_t name[4];

	return query_object(event, &info, name, sizeof(name));
}

static int op_query_directory(void)
{
	struct ntevent_directory_entry entry = { 0 };
	char16_t name[64];

	return query_directory(folder, &entry, name, sizeof(name));
}

static int op_query_link(void)
{
	struct ntevent_symbolic_link_info info;
	char16_t target[64];

	return query_link(named_link, &info, target, sizeof(target));
}

static int op_make_permanent(void)
{
	return make_permanent(event);
}

static int op_make_temporary(void)
{
	return make_temporary(event);
}

static int op_open_device(void)
{
	int fd = open("/dev/ntevent", O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* Gives a second open file a namespace of its own, or another one. */
static int op_new_namespace(void)
{
	return result_of(ioctl(other, NTEVENT_IOC_NEW_NAMESPACE));
}

/* Whether the fdinfo of FD has the expected beginning and end. Only the name may be empty. */
static int read_fdinfo(int fd, const char *first, const char *last)
{
	char path[64], text[512];
	int file, size;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	file = open(path, O_RDONLY);
	/* procfs allocates memory too. */
	if (file < 0)
		return -ENOMEM;
	size = read(file, text, sizeof(text) - 1);
	close(file);
	if (size < 0)
		return -ENOMEM;
	text[size] = 0;
	return strstr(text, first) && strstr(text, "\nname:\t") && strstr(text, last) ? 0 : -EPROTO;
}

static int op_fdinfo(void)
{
	int ret = read_fdinfo(named_link, "type:\tsymbolic link\n", "\ntarget:\t\\BaseNamedObjects\\folder\\event\n");

	ret = ret ? ret : read_fdinfo(event, "type:\tevent\n", "\nwaiters:\t0\n");
	return ret ? ret : read_fdinfo(directory, "type:\tdirectory\n", "\nhandles:\t1\n");
}

struct row {
	const char *name;
	int (*op)(void);
	int least;			/* faults to expect at least */
	int errno_;			/* the error without a fault */
	bool makes_fd;
	void (*undo)(int ret);
};

static const struct row rows[] = {
	{ "CREATE_EVENT", op_create_event, 9, 0, true, NULL },
	{ "CREATE_EVENT, absolute, case-insensitive", op_create_absolute, 9, 0, true, NULL },
	{ "CREATE_EVENT, links on the way", op_create_through_links, 11, 0, true, NULL },
	{ "CREATE_EVENT, a link at the end", op_create_by_link, 5, 0, true, NULL },
	{ "CREATE_EVENT, permanent", op_create_permanent, 9, 0, true, undo_permanent },
	{ "CREATE_EVENT, exclusive", op_create_exclusive, 9, 0, true, NULL },
	{ "CREATE_EVENT, OPENIF of what is there", op_open_if, 5, 0, true, NULL },
	{ "CREATE_EVENT, collision", op_collide, 3, EEXIST, true, NULL },
	{ "CREATE_EVENT, mismatch", op_mismatch, 3, EINVAL, true, NULL },
	{ "CREATE_DIRECTORY", op_create_directory, 9, 0, true, NULL },
	{ "CREATE_DIRECTORY, permanent", op_create_permanent_directory, 9, 0, true, undo_permanent },
	{ "CREATE_DIRECTORY, OPENIF of what is there", op_open_if_directory, 5, 0, true, NULL },
	{ "CREATE_SYMBOLIC_LINK", op_create_link, 11, 0, true, NULL },
	{ "CREATE_DIRECTORY, no name", op_create_directory_without_name, 4, 0, true, NULL },
	{ "CREATE_SYMBOLIC_LINK, no name", op_create_link_without_name, 6, 0, true, NULL },
	{ "OPEN_EVENT", op_open_event, 5, 0, true, NULL },
	{ "OPEN_EVENT, links on the way", op_open_through_links, 7, 0, true, NULL },
	{ "OPEN_EVENT, absent", op_open_absent, 3, ENOENT, true, NULL },
	{ "OPEN_DIRECTORY", op_open_directory, 5, 0, true, NULL },
	{ "OPEN_SYMBOLIC_LINK", op_open_link, 5, 0, true, NULL },
	{ "DUPLICATE, event", op_duplicate_event, 4, 0, true, NULL },
	{ "DUPLICATE, directory", op_duplicate_directory, 4, 0, true, NULL },
	{ "DUPLICATE, link", op_duplicate_link, 4, 0, true, NULL },
	{ "QUERY_OBJECT", op_query_object, 3, 0, false, NULL },
	{ "QUERY_OBJECT, too short", op_query_short, 2, ERANGE, false, NULL },
	{ "QUERY_DIRECTORY", op_query_directory, 3, 0, false, NULL },
	{ "QUERY_SYMBOLIC_LINK", op_query_link, 3, 0, false, NULL },
	{ "MAKE_PERMANENT", op_make_permanent, 0, 0, false, undo_make_permanent },
	{ "MAKE_TEMPORARY", op_make_temporary, 0, 0, false, NULL },
	{ "open", op_open_device, 2, 0, true, NULL },
	{ "NEW_NAMESPACE", op_new_namespace, 40, 0, false, NULL },
	{ "fdinfo", op_fdinfo, 1, 0, false, NULL },
};

/* Needs to be the first open of the device in its IPC namespace. */
static const struct row first_open = { "open, the first of an IPC namespace", op_open_device, 40, 0, true, NULL };

static bool is_documented_failure(const struct row *row, int result)
{
	if (result == -ENOMEM)
		return last_status == UNSTORED || last_status == NTEVENT_STATUS_INSUFFICIENT_RESOURCES;
	if (result == -EFAULT)
		return last_status == UNSTORED || last_status == NTEVENT_STATUS_ACCESS_VIOLATION;
	return row->errno_ && result == -row->errno_;
}

static void check_as_before(struct __test_metadata *_metadata, const char *name, int fault)
{
	struct ntevent_object_info info;
	char16_t path[64];

	ASSERT_EQ(STAY, count_entries(folder)) {
		TH_LOG("%s, fault %d: a name more or less", name, fault);
	}
	ASSERT_EQ(0, count_entries(directory));
	ASSERT_EQ(1, handle_count(folder));
	ASSERT_EQ(1, handle_count(directory));
	ASSERT_EQ(1, handle_count(named_link));
	ASSERT_EQ(0, query_object(event, &info, path, sizeof(path)));
	ASSERT_EQ(1, info.handle_count);
	ASSERT_EQ(0, info.attributes);
}

/*
 * Runs the command with its first fault, with the fault that comes STEP later, and so on. Returns
 * the number of the last fault.
 */
static int walk(struct __test_metadata *_metadata, const struct row *row, void (*begin)(int n), bool (*end)(void), int step)
{
	long held = module_references();
	int n, result, fd = free_fd();

	for (n = 1; n < 2000; n += step) {
		bool injected;

		last_status = UNSTORED;
		begin(n);
		result = row->op();
		injected = end();
		if (result < 0) {
			ASSERT_TRUE(is_documented_failure(row, result)) {
				TH_LOG("%s, fault %d: %s, status 0x%x", row->name, n, strerror(-result), last_status);
			}
		} else if (row->undo) {
			row->undo(result);
		}
		if (result >= 0 && row->makes_fd)
			close(result);
		ASSERT_EQ(fd, free_fd());
		ASSERT_EQ(held, module_references());
		check_as_before(_metadata, row->name, n);
		if (!injected) {
			ASSERT_EQ(-row->errno_, result < 0 ? result : 0);
			break;
		}
	}
	TH_LOG("%s: %d faults", row->name, n - 1);
	return n - 1;
}

/* Returns how many names can become permanent in the folder, which they disappear with. */
static int room_for_permanent(void)
{
	char16_t name[] = u"....";
	int count, digit, number, fd;

	for (count = 0; count < 9999; count++) {
		for (digit = 0, number = count; digit < 4; digit++, number /= 10)
			name[digit] = u'0' + number % 10;
		fd = create_event(dev, name, folder, PERMANENT);
		if (fd < 0)
			break;
		close(fd);
	}
	return count;
}

/* Creates the objects that the commands need. */
static bool furnish(int device)
{
	dev = device;
	if (ioctl(dev, NTEVENT_IOC_NEW_NAMESPACE))
		return false;
	other = open("/dev/ntevent", O_RDONLY | O_CLOEXEC);
	folder = create_directory(dev, FOLDER, NO_ROOT, 0);
	event = create_event(dev, u"event", folder, 0);
	directory = create_directory(dev, u"directory", folder, 0);
	named_link = create_link(dev, u"link", folder, FOLDER u"\\event");
	return other >= 0 && folder >= 0 && event >= 0 && directory >= 0 && named_link >= 0;
}

/* No fault may use up a permanent name. */
static bool counts_as_fresh(void)
{
	return room_for_permanent() == PERMANENT_NAMES - START_UP_NAMES;
}

TEST_F_TIMEOUT(nt, V175_every_fault_of_every_command_with_names, 600)
{
	unsigned int i;

	if (geteuid() || !can_inject())
		SKIP(return, "this kernel injects no faults");
	ASSERT_TRUE(furnish(self->dev));
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		ASSERT_LE(rows[i].least, walk(_metadata, &rows[i], arm, disarm, 1));
	ASSERT_EQ(0, unshare(CLONE_NEWIPC));
	ASSERT_LE(first_open.least, walk(_metadata, &first_open, arm, disarm, 1));
	ASSERT_TRUE(counts_as_fresh());
}

/*
 * These allocate memory for names in all places. kvmalloc() tries twice, so one fault is too few.
 */
static bool asks_for_names(const struct row *row)
{
	return row->op == op_create_through_links || row->op == op_create_link || row->op == op_new_namespace ||
	       row->op == op_fdinfo;
}

TEST_F_TIMEOUT(nt, V175_no_memory_from_any_moment_on, 600)
{
	unsigned int i;

	if (geteuid() || !can_inject() || !can_starve())
		SKIP(return, "this kernel injects no faults");
	ASSERT_TRUE(furnish(self->dev));
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		if (asks_for_names(&rows[i]))
			ASSERT_LT(0, walk(_metadata, &rows[i], starve, feed, full_or_brief(1, 4)));
	end_starving();
	ASSERT_TRUE(is_brief() || counts_as_fresh());
}

TEST_HARNESS_MAIN
