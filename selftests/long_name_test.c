// SPDX-License-Identifier: GPL-2.0
/* Long names that are similar. A directory distinguishes them by their hashes. */
#include "name_forms.h"
#include "stress.h"

#define ALIKE 24

/*
 * Lengths around which names are hashed or compared differently, and the longest length that fits.
 */
static const int lengths[] = { 63, 64, 65, 127, 128, 129, 1000, 32766 - 18 };

/* A name of UNITS units. All are 'a', except two near the end, which encode NUMBER. */
static const char16_t *name_of(int units, int number, char16_t letter)
{
	static char16_t name[32767];
	int i;

	for (i = 0; i < units; i++)
		name[i] = u'a';
	name[units - 2] = u'0' + number % 10;
	name[units - 1] = letter + number / 10;
	name[units] = 0;
	return name;
}

TEST_F_TIMEOUT(names, F02_long_names_that_are_alike, 120)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		int units = lengths[i], fds[ALIKE], n, fd;

		for (n = 0; n < ALIKE; n++) {
			fds[n] = create_event(self->dev, name_of(units, n, u'b'), self->base, 0);
			ASSERT_LE(0, fds[n]);
			REFUSED(EEXIST, NTEVENT_STATUS_OBJECT_NAME_COLLISION,
				create_event(self->dev, name_of(units, n, u'b'), self->base, 0));
			REFUSED(EEXIST, NTEVENT_STATUS_OBJECT_NAME_COLLISION,
				create_event(self->dev, name_of(units, n, u'B'), self->base, FOLD));
			REFUSED(ENOENT, NTEVENT_STATUS_OBJECT_NAME_NOT_FOUND,
				open_event(self->dev, name_of(units, n, u'B'), self->base, 0));
			REFUSED(ENOENT, NTEVENT_STATUS_OBJECT_NAME_NOT_FOUND,
				open_event(self->dev, name_of(units - 1, n, u'b'), self->base, FOLD));
		}
		for (n = 0; n < ALIKE; n++) {
			ASSERT_EQ(0, set(fds[n]));
			fd = open_event(self->dev, name_of(units, n, u'b'), self->base, 0);
			ASSERT_EQ(1, reset(fd));
			close(fd);
			ASSERT_EQ(0, set(fds[n]));
			fd = open_event(self->dev, name_of(units, n, u'B'), self->base, FOLD);
			ASSERT_EQ(1, reset(fd));
			close(fd);
		}
		for (n = 0; n < ALIKE; n++) {
			ASSERT_EQ(0, close(fds[n]));
			REFUSED(ENOENT, NTEVENT_STATUS_OBJECT_NAME_NOT_FOUND,
				open_event(self->dev, name_of(units, n, u'b'), self->base, 0));
			REFUSED(ENOENT, NTEVENT_STATUS_OBJECT_NAME_NOT_FOUND,
				open_event(self->dev, name_of(units, n, u'B'), self->base, FOLD));
			fd = open_event(self->dev, name_of(units, (n + 1) % ALIKE, u'B'), self->base, FOLD);
			ASSERT_EQ(n + 1 < ALIKE, fd >= 0);
			close(fd);
		}
	}
}

/* Names that differ only in case have the same hash. */
TEST_F(names, F02_long_variants)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		const char16_t letters[] = u"bBb";
		int units = lengths[i], fds[2], n, fd;

		for (n = 0; n < 2; n++) {
			fds[n] = create_event(self->dev, name_of(units, 0, letters[n]), self->base, 0);
			ASSERT_LE(0, fds[n]);
		}
		for (n = 0; n < 2; n++) {
			ASSERT_EQ(0, set(fds[n]));
			fd = open_event(self->dev, name_of(units, 0, letters[n]), self->base, 0);
			ASSERT_EQ(1, reset(fd));
			close(fd);
			/* The newer name is found, whichever of the two is looked up. */
			fd = open_event(self->dev, name_of(units, 0, letters[n]), self->base, FOLD);
			ASSERT_EQ(0, set(fds[1]));
			ASSERT_EQ(1, reset(fd));
			close(fd);
		}
		close(fds[1]);
		fd = open_event(self->dev, name_of(units, 0, u'B'), self->base, FOLD);
		ASSERT_EQ(0, set(fds[0]));
		ASSERT_EQ(1, reset(fd));
		close(fd);
		close(fds[0]);
	}
}

static struct {
	int dev, base;
	atomic_bool stop;
	atomic_int bad;
	atomic_long came;
} race;

/* Variants of the name come and go, so that the newest variant changes again and again. */
static void *come_and_go(void *arg)
{
	char16_t name[301];
	int i;

	memcpy(name, arg, sizeof(name));
	for (i = 0; !atomic_load(&race.stop); i++) {
		int fd;

		name[i % 100] ^= u'a' ^ u'A';
		fd = create_event(race.dev, name, race.base, OPENIF);
		if (fd < 0)
			atomic_store(&race.bad, fd);
		close(fd);
		atomic_fetch_add(&race.came, 1);
	}
	return NULL;
}

TEST_F_TIMEOUT(names, F02_variants_come_while_one_is_opened, 60)
{
	const char16_t *name = name_of(300, 0, u'b');
	int fd = create_event(self->dev, name, self->base, 0), i, opened;
	pthread_t threads[2];

	race.dev = self->dev;
	race.base = self->base;
	ASSERT_LE(0, fd);
	for (i = 0; i < 2; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, come_and_go, (void *)name));
	ASSERT_TRUE(await(atomic_load(&race.came) > 10));
	for_rounds(i, 3000) {
		opened = open_event(self->dev, name, self->base, FOLD);
		if (opened < 0)
			break;
		close(opened);
	}
	atomic_store(&race.stop, true);
	for (i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	ASSERT_LE(0, opened);
	ASSERT_EQ(0, atomic_load(&race.bad));
	close(fd);
}

TEST_HARNESS_MAIN
