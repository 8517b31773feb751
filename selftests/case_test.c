// SPDX-License-Identifier: GPL-2.0
/*
 * Names and case, from group E8: exact matching and per-unit upcasing, V184 to V188. The commands
 * for directories and links ignore case even without FOLD.
 */
#include "name_forms.h"

/* Lowercase letters of Unicode 3.2 that form a pair with their upcase, and the distance to it. */
static const struct {
	char16_t first, last;
	int step, distance;
} letters[] = {
	{ 0x61, 0x7a, 1, -32 }, { 0xe0, 0xf6, 1, -32 }, { 0xf8, 0xfe, 1, -32 }, { 0xff, 0xff, 1, 121 },
	{ 0x101, 0x12f, 2, -1 }, { 0x133, 0x137, 2, -1 }, { 0x13a, 0x148, 2, -1 }, { 0x14b, 0x177, 2, -1 },
	{ 0x17a, 0x17e, 2, -1 }, { 0x183, 0x185, 2, -1 }, { 0x188, 0x188, 1, -1 }, { 0x18c, 0x18c, 1, -1 },
	{ 0x192, 0x192, 1, -1 }, { 0x195, 0x195, 1, 97 }, { 0x199, 0x199, 1, -1 }, { 0x19e, 0x19e, 1, 130 },
	{ 0x1a1, 0x1a5, 2, -1 }, { 0x1a8, 0x1a8, 1, -1 }, { 0x1ad, 0x1ad, 1, -1 }, { 0x1b0, 0x1b0, 1, -1 },
	{ 0x1b4, 0x1b6, 2, -1 }, { 0x1b9, 0x1b9, 1, -1 }, { 0x1bd, 0x1bd, 1, -1 }, { 0x1bf, 0x1bf, 1, 56 },
	{ 0x1c6, 0x1c6, 1, -2 }, { 0x1c9, 0x1c9, 1, -2 }, { 0x1cc, 0x1cc, 1, -2 }, { 0x1ce, 0x1dc, 2, -1 },
	{ 0x1dd, 0x1dd, 1, -79 }, { 0x1df, 0x1ef, 2, -1 }, { 0x1f3, 0x1f3, 1, -2 }, { 0x1f5, 0x1f5, 1, -1 },
	{ 0x1f9, 0x21f, 2, -1 }, { 0x223, 0x233, 2, -1 }, { 0x253, 0x253, 1, -210 }, { 0x254, 0x254, 1, -206 },
	{ 0x256, 0x257, 1, -205 }, { 0x259, 0x259, 1, -202 }, { 0x25b, 0x25b, 1, -203 },
	{ 0x260, 0x260, 1, -205 }, { 0x263, 0x263, 1, -207 }, { 0x268, 0x268, 1, -209 },
	{ 0x269, 0x269, 1, -211 }, { 0x26f, 0x26f, 1, -211 }, { 0x272, 0x272, 1, -213 },
	{ 0x275, 0x275, 1, -214 }, { 0x280, 0x280, 1, -218 }, { 0x283, 0x283, 1, -218 },
	{ 0x288, 0x288, 1, -218 }, { 0x28a, 0x28b, 1, -217 }, { 0x292, 0x292, 1, -219 }, { 0x3ac, 0x3ac, 1, -38 },
	{ 0x3ad, 0x3af, 1, -37 }, { 0x3b1, 0x3c1, 1, -32 }, { 0x3c3, 0x3cb, 1, -32 }, { 0x3cc, 0x3cc, 1, -64 },
	{ 0x3cd, 0x3ce, 1, -63 }, { 0x3d9, 0x3ef, 2, -1 }, { 0x430, 0x44f, 1, -32 }, { 0x450, 0x45f, 1, -80 },
	{ 0x461, 0x481, 2, -1 }, { 0x48b, 0x4bf, 2, -1 }, { 0x4c2, 0x4ce, 2, -1 }, { 0x4d1, 0x4f5, 2, -1 },
	{ 0x4f9, 0x4f9, 1, -1 }, { 0x501, 0x50f, 2, -1 }, { 0x561, 0x586, 1, -48 }, { 0x1e01, 0x1e95, 2, -1 },
	{ 0x1ea1, 0x1ef9, 2, -1 }, { 0x1f00, 0x1f07, 1, 8 }, { 0x1f10, 0x1f15, 1, 8 }, { 0x1f20, 0x1f27, 1, 8 },
	{ 0x1f30, 0x1f37, 1, 8 }, { 0x1f40, 0x1f45, 1, 8 }, { 0x1f51, 0x1f57, 2, 8 }, { 0x1f60, 0x1f67, 1, 8 },
	{ 0x1f70, 0x1f71, 1, 74 }, { 0x1f72, 0x1f75, 1, 86 }, { 0x1f76, 0x1f77, 1, 100 },
	{ 0x1f78, 0x1f79, 1, 128 }, { 0x1f7a, 0x1f7b, 1, 112 }, { 0x1f7c, 0x1f7d, 1, 126 },
	{ 0x1f80, 0x1f87, 1, 8 }, { 0x1f90, 0x1f97, 1, 8 }, { 0x1fa0, 0x1fa7, 1, 8 }, { 0x1fb0, 0x1fb1, 1, 8 },
	{ 0x1fb3, 0x1fb3, 1, 9 }, { 0x1fc3, 0x1fc3, 1, 9 }, { 0x1fd0, 0x1fd1, 1, 8 }, { 0x1fe0, 0x1fe1, 1, 8 },
	{ 0x1fe5, 0x1fe5, 1, 7 }, { 0x1ff3, 0x1ff3, 1, 9 }, { 0x2170, 0x217f, 1, -16 },
	{ 0x24d0, 0x24e9, 1, -26 }, { 0xff41, 0xff5a, 1, -32 },
};

static char16_t upcase_of(char16_t unit)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(letters); i++)
		if (unit >= letters[i].first && unit <= letters[i].last && !((unit - letters[i].first) % letters[i].step))
			return unit + letters[i].distance;
	return unit;
}

/* Runs the command on a name of one unit. */
static int with_unit(const struct form *form, int root, int dev, char16_t unit, uint32_t attributes)
{
	return call(form, dev, counted(&unit, 2, root, attributes));
}

TEST_F(names, V184_V185_case_matters)
{
	int small = create_event(self->dev, u"test", self->base, 0), big = create_event(self->dev, u"Test", self->base, 0);

	ASSERT_LE(0, small);
	ASSERT_LE(0, big);
	ASSERT_EQ(NTEVENT_STATUS_SUCCESS, last_status);
	ASSERT_TRUE(is_called(small, IN_BASE(u"test")));
	ASSERT_TRUE(is_called(big, IN_BASE(u"Test")));
	REFUSES(OPENING(CREATE_EVENT), self->dev, object(u"TEST", self->base, 0), OBJECT_NAME_NOT_FOUND);
	close(small);
	REFUSES(OPENING(CREATE_EVENT), self->dev, object(u"test", self->base, 0), OBJECT_NAME_NOT_FOUND);
	SUCCEEDS(OPENING(CREATE_EVENT), self->dev, object(u"Test", self->base, 0));
	close(big);
	ASSERT_TRUE(is_fresh(self->dev));
}

/* The type in the request decides, and not the type of the object. */
TEST_F(names, F12_commands_of_directories_and_links_ignore_case)
{
	EACH_CREATION(form) {
		int fd = call(form, self->dev, object(u"PeerLetters", self->base, 0));

		ASSERT_LE(0, fd);
		if (folds(form)) {
			REFUSES(form, self->dev, object(u"peerletters", self->base, 0), OBJECT_NAME_COLLISION);
			REFUSES(form, self->dev, object(u"\\BASENAMEDOBJECTS\\PEERLETTERS", NO_ROOT, 0), OBJECT_NAME_COLLISION);
			EXISTS(form, self->dev, object(u"\\basenamedobjects\\local\\peerletters", NO_ROOT, OPENIF));
			SUCCEEDS(OPENING(form), self->dev, object(u"\\BASENAMEDOBJECTS\\GLOBAL\\PEERLETTERS", NO_ROOT, 0));
			REFUSES(OPENING(CREATE_EVENT), self->dev, object(u"peerletters", self->base, 0), OBJECT_NAME_NOT_FOUND);
			SUCCEEDS(CREATE_EVENT, self->dev, object(u"peerletters", self->base, 0));
		} else {
			REFUSES(CREATE_DIRECTORY, self->dev, object(u"peerletters", self->base, 0), OBJECT_TYPE_MISMATCH);
			REFUSES(OPENING(CREATE_LINK), self->dev, object(u"peerletters", self->base, 0), OBJECT_TYPE_MISMATCH);
			REFUSES(OPENING(form), self->dev, object(u"\\BASENAMEDOBJECTS\\PeerLetters", NO_ROOT, 0),
				OBJECT_PATH_NOT_FOUND);
			REFUSES(form, self->dev, object(IN_BASE(u"LOCAL\\x"), NO_ROOT, 0), OBJECT_PATH_NOT_FOUND);
		}
		ASSERT_TRUE(is_called(fd, IN_BASE(u"PeerLetters")));
		ASSERT_EQ(1, handle_count(fd));
		close(fd);
	}
	SUCCEEDS(OPENING(CREATE_DIRECTORY), self->dev, object(u"\\BASENAMEDOBJECTS", NO_ROOT, 0));
	SUCCEEDS(OPENING(CREATE_DIRECTORY), self->dev, object(u"LOCAL", self->base, 0));
	SUCCEEDS(OPENING(CREATE_LINK), self->dev, object(u"LOCAL", self->base, 0));
	REFUSES(OPENING(CREATE_EVENT), self->dev, object(u"\\BASENAMEDOBJECTS", NO_ROOT, 0), OBJECT_NAME_NOT_FOUND);
	ASSERT_TRUE(is_fresh(self->dev));
}

TEST_F(names, V186_V187_on_every_component)
{
	EACH_CREATION(form) {
		int fd = call(form, self->dev, object(IN_BASE(u"Test"), NO_ROOT, 0));

		ASSERT_LE(0, fd);
		REFUSES(form, self->dev, object(u"\\BASENamedObjects\\test", NO_ROOT, FOLD), OBJECT_NAME_COLLISION);
		EXISTS(form, self->dev, object(u"\\BASENamedObjects\\test", NO_ROOT, FOLD | OPENIF));
		SUCCEEDS(OPENING(form), self->dev, object(u"\\baseNAMEDobjects\\lOCAL\\gLOBAL\\TEST", NO_ROOT, FOLD));
		SUCCEEDS(OPENING(form), self->dev, object(u"tEST", self->base, FOLD));
		if (!folds(form)) {
			REFUSES(form, self->dev, object(u"\\BASENamedObjects\\test", NO_ROOT, 0), OBJECT_PATH_NOT_FOUND);
			REFUSES(form, self->dev, object(u"\\BASENamedObjects\\test", NO_ROOT, OPENIF), OBJECT_PATH_NOT_FOUND);
			REFUSES(OPENING(form), self->dev, object(u"\\BASENamedObjects\\Test", NO_ROOT, 0),
				OBJECT_PATH_NOT_FOUND);
		}
		ASSERT_EQ(1, handle_count(fd));
		/* The object keeps the case that it was created with. */
		ASSERT_TRUE(is_called(fd, IN_BASE(u"Test")));
		close(fd);
		/* So does an object that OPENIF creates. */
		fd = call(form, self->dev, object(u"\\BASENAMEDOBJECTS\\nEw", NO_ROOT, FOLD | OPENIF));
		ASSERT_LE(0, fd);
		ASSERT_TRUE(is_called(fd, IN_BASE(u"nEw")));
		close(fd);
	}
	ASSERT_TRUE(is_fresh(self->dev));
}

/* Whether NAME is the name of the event of FD. */
static bool finds(int dev, int base, const char16_t *name, uint32_t attributes, int fd)
{
	int found = open_event(dev, name, base, attributes);
	bool same = found >= 0 && same_event(fd, found);

	close(found);
	return same;
}

/* A case-insensitive lookup finds the newest variant. An exact lookup finds the exact one. */
TEST_F(names, V188_the_newer_of_two_variants)
{
	int d = create_directory(self->dev, u"test", self->base, 0), event = create_event(self->dev, u"Test", self->base, 0);
	int other;

	REFUSED(EINVAL, NTEVENT_STATUS_OBJECT_TYPE_MISMATCH, open_directory(self->dev, u"TEst", self->base, FOLD));
	REFUSED(EINVAL, NTEVENT_STATUS_OBJECT_TYPE_MISMATCH, open_directory(self->dev, u"test", self->base, 0));
	ASSERT_TRUE(finds(self->dev, self->base, u"TEst", FOLD, event));
	other = create_event(self->dev, u"TEST", self->base, 0);
	ASSERT_TRUE(finds(self->dev, self->base, u"TEst", FOLD, other));
	ASSERT_TRUE(finds(self->dev, self->base, u"Test", FOLD, other));
	ASSERT_TRUE(finds(self->dev, self->base, u"Test", 0, event));
	close(other);
	ASSERT_TRUE(finds(self->dev, self->base, u"TEST", FOLD, event));
	close(event);
	SUCCEEDS(OPENING(CREATE_DIRECTORY), self->dev, object(u"TEst", self->base, FOLD));
	REFUSES(OPENING(CREATE_EVENT), self->dev, object(u"TEst", self->base, FOLD), OBJECT_TYPE_MISMATCH);
	REFUSES(CREATE_EVENT, self->dev, object(u"TEST", self->base, FOLD | OPENIF), OBJECT_TYPE_MISMATCH);
	close(d);
}

/*
 * Each of 16 spellings of a word is a name of its own. Without regard to case a lookup succeeds
 * while any of them exists.
 */
TEST_F(names, sixteen_variants)
{
	int fds[16], i, bit;
	char16_t name[] = u"abcd";

	for (i = 0; i < 16; i++) {
		for (bit = 0; bit < 4; bit++)
			name[bit] = (i >> bit & 1 ? u'A' : u'a') + bit;
		fds[i] = create_event(self->dev, name, self->base, 0);
		ASSERT_LE(0, fds[i]);
	}
	ASSERT_EQ(BASE_NAMES + 16, count_entries(self->base));
	for (i = 0; i < 16; i++) {
		SUCCEEDS(OPENING(CREATE_EVENT), self->dev, object(u"ABcd", self->base, FOLD));
		REFUSES(CREATE_EVENT, self->dev, object(u"aBcD", self->base, FOLD), OBJECT_NAME_COLLISION);
		close(fds[(i * 7 + 3) % 16]);
	}
	REFUSES(OPENING(CREATE_EVENT), self->dev, object(u"ABcd", self->base, FOLD), OBJECT_NAME_NOT_FOUND);
	ASSERT_TRUE(is_fresh(self->dev));
}

TEST_F(names, each_letter_finds_its_case)
{
	unsigned int i, unit, count = 0;

	for (i = 0; i < ARRAY_SIZE(letters); i++)
		for (unit = letters[i].first; unit <= letters[i].last; unit += letters[i].step, count++) {
			char16_t upper = unit + letters[i].distance;
			int fd = with_unit(CREATE_EVENT, self->base, self->dev, unit, 0), other;

			ASSERT_LE(0, fd);
			other = with_unit(OPENING(CREATE_EVENT), self->base, self->dev, upper, FOLD);
			ASSERT_LE(0, other) TH_LOG("%#x does not find %#x", upper, unit);
			close(other);
			ASSERT_EQ(-EEXIST, with_unit(CREATE_EVENT, self->base, self->dev, upper, FOLD));
			ASSERT_EQ(-ENOENT, with_unit(OPENING(CREATE_EVENT), self->base, self->dev, upper, 0));
			close(fd);
		}
	ASSERT_EQ(702, count);
}

/* Letters that are newer than Unicode 3.2 and that NT knows, and the final sigma. */
TEST_F(names, F13_letters_that_NT_upcases)
{
	static const char16_t pairs[][2] = {
		{ 0x180, 0x243 }, { 0x23c, 0x23b }, { 0x250, 0x2c6f }, { 0x371, 0x370 }, { 0x37b, 0x3fd }, { 0x3d7, 0x3cf },
		{ 0x3f2, 0x3f9 }, { 0x4cf, 0x4c0 }, { 0x523, 0x522 }, { 0x1d79, 0xa77d }, { 0x1eff, 0x1efe },
		{ 0x214e, 0x2132 }, { 0x2184, 0x2183 }, { 0x2c30, 0x2c00 }, { 0x2c65, 0x23a }, { 0x2d00, 0x10a0 },
		{ 0xa641, 0xa640 }, { 0xa78c, 0xa78b }, { 0x3c2, 0x3a3 }, { 0x3c2, 0x3c3 },
	};
	unsigned int i, way;

	for (i = 0; i < ARRAY_SIZE(pairs); i++)
		for (way = 0; way < 2; way++) {
			int fd = with_unit(CREATE_EVENT, self->base, self->dev, pairs[i][way], 0);

			ASSERT_LE(0, fd);
			ASSERT_EQ(-EEXIST, with_unit(CREATE_EVENT, self->base, self->dev, pairs[i][!way], FOLD))
				TH_LOG("%#x does not find %#x", pairs[i][!way], pairs[i][way]);
			close(fd);
		}
}

/*
 * Unicode upcases the first unit of each row to the second one, and NT does not. These are second
 * lower-case letters of an upper-case letter, title-case letters, and letters that are newer than
 * Windows 8.
 */
TEST_F(names, F13_letters_that_Unicode_alone_upcases)
{
	static const char16_t rows[][3] = {
		{ 0xb5, 0x39c, 0x3bc }, { 0x131, u'I', u'i' }, { 0x17f, u'S', u's' }, { 0x1c5, 0x1c4, 0x1c6 },
		{ 0x1c8, 0x1c7, 0x1c9 }, { 0x1cb, 0x1ca, 0x1cc }, { 0x1f2, 0x1f1, 0x1f3 }, { 0x345, 0x399, 0x3b9 },
		{ 0x3d0, 0x392, 0x3b2 }, { 0x3d1, 0x398, 0x3b8 }, { 0x3d5, 0x3a6, 0x3c6 }, { 0x3d6, 0x3a0, 0x3c0 },
		{ 0x3f0, 0x39a, 0x3ba }, { 0x3f1, 0x3a1, 0x3c1 }, { 0x3f5, 0x395, 0x3b5 }, { 0x1e9b, 0x1e60, 0x1e61 },
		{ 0x1fbe, 0x399, 0x3b9 }, { 0x525, 0x524 }, { 0x10d0, 0x1c90 }, { 0x1c80, 0x412, 0x432 }, { 0xab70, 0x13a0 },
		{ 0xa7c8, 0xa7c7 },
	};
	unsigned int i, other;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		int fd = with_unit(CREATE_EVENT, self->base, self->dev, rows[i][0], FOLD);

		ASSERT_LE(0, fd);
		SUCCEEDS(OPENING(CREATE_EVENT), self->dev, counted(rows[i], 2, self->base, FOLD));
		for (other = 1; other < 3 && rows[i][other]; other++) {
			int apart;

			ASSERT_EQ(-ENOENT, with_unit(OPENING(CREATE_EVENT), self->base, self->dev, rows[i][other], FOLD))
				TH_LOG("%#x finds %#x", rows[i][other], rows[i][0]);
			ASSERT_LE(0, apart = with_unit(CREATE_EVENT, self->base, self->dev, rows[i][other], FOLD));
			ASSERT_EQ(-EEXIST, with_unit(CREATE_EVENT, self->base, self->dev, rows[i][0], FOLD));
			close(apart);
		}
		close(fd);
	}
	ASSERT_TRUE(is_fresh(self->dev));
}

/*
 * Units that differ by a bit as upper and lower case often do, but are not each other's case, must
 * not match. The ranges leave out letters that are younger than Unicode 3.2.
 */
TEST_F(names, what_is_no_pair_is_not_one)
{
	static const struct { unsigned int first, last; } ranges[] = {
		{ 0x1, 0x1c3 }, { 0x380, 0x3b0 }, { 0x3c3, 0x3cf }, { 0x400, 0x4bf }, { 0x530, 0x590 },
		{ 0x1f00, 0x1fbd }, { 0x2150, 0x2180 }, { 0x24a0, 0x24f0 }, { 0xfb00, 0xfb07 }, { 0xff00, 0xff60 },
	};
	static const unsigned int flips[] = { 0x1, 0x8, 0x10, 0x20, 0x30, 0x50, 0x7f };
	unsigned int i, j, unit;

	for (i = 0; i < ARRAY_SIZE(ranges); i++)
		for (unit = ranges[i].first; unit <= ranges[i].last; unit += full_or_brief(1, 5)) {
			int fd = unit == '\\' ? -1 : with_unit(CREATE_EVENT, self->base, self->dev, unit, 0);

			for (j = 0; fd >= 0 && j < ARRAY_SIZE(flips); j++) {
				char16_t other = unit ^ flips[j];

				if (other < ranges[i].first || other > ranges[i].last || other == '\\' ||
				    upcase_of(unit) == upcase_of(other))
					continue;
				ASSERT_EQ(-ENOENT, with_unit(OPENING(CREATE_EVENT), self->base, self->dev, other, FOLD))
					TH_LOG("%#x finds %#x", other, unit);
			}
			close(fd);
		}
}

/* Upcasing maps one unit to one unit. No letter becomes two, and surrogates have no case. */
TEST_F(names, what_does_not_fold)
{
	static const struct { const char16_t *one, *other; } rows[] = {
		{ u"stra\u00dfe", u"STRASSE" }, { u"\u00df", u"ss" }, { u"\u00df", u"\u1e9e" }, { u"\ufb01", u"FI" },
		{ u"\u0149", u"\u02bcN" }, { u"\u0130", u"i" }, { u"\u0130", u"i\u0307" }, { u"\u1fb3", u"\u0391\u0399" },
		{ u"\u1f80", u"\u1f08\u0399" }, { u"\u1f80", u"\u1f80\u0399" }, { u"\u212a", u"K" }, { u"\u212b", u"\u00c5" },
		{ u"\u00e9", u"e\u0301" }, { u"\u00e9", u"E" }, { u"\U00010428", u"\U00010400" }, { u"a", u"\uff21" },
		{ u"a ", u"A" }, { u"ab", u"A" }, { u"a", u"AB" }, { u"\u0430", u"A" }, { u"\u03bf", u"O" },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		EACH_CREATION(form) {
			int fd = call(form, self->dev, object(rows[i].one, self->base, FOLD)), other;

			ASSERT_LE(0, fd);
			REFUSES(OPENING(form), self->dev, object(rows[i].other, self->base, FOLD), OBJECT_NAME_NOT_FOUND);
			other = call(form, self->dev, object(rows[i].other, self->base, FOLD));
			ASSERT_LE(0, other) TH_LOG("row %u", i);
			REFUSES(form, self->dev, object(rows[i].one, self->base, FOLD), OBJECT_NAME_COLLISION);
			close(fd);
			close(other);
		}
	ASSERT_TRUE(is_fresh(self->dev));
}

TEST_F(names, words_of_several_alphabets)
{
	static const struct { const char16_t *one, *other; } rows[] = {
		{ u"\u00e9t\u00e9", u"\u00c9T\u00c9" }, { u"\u00ff", u"\u0178" },
		{ u"\u03b1\u03b2\u03b3\u03c9", u"\u0391\u0392\u0393\u03a9" }, { u"\u0434\u0430\u0451", u"\u0414\u0410\u0401" },
		{ u"\u1f80", u"\u1f88" }, { u"\u1fb3\u1fc3\u1ff3", u"\u1fbc\u1fcc\u1ffc" },
		{ u"stra\u00dfe", u"STRA\u00dfE" }, { u"\u0561\u0586", u"\u0531\u0556" }, { u"\uff41\uff5a", u"\uff21\uff3a" },
		{ u"a\xd800z", u"A\xd800Z" }, { u"\xdc00q", u"\xdc00Q" }, { u"a/b", u"A/B" }, { u"a\U00010400", u"A\U00010400" },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		EACH_CREATION(form) {
			int fd = call(form, self->dev, object(rows[i].one, self->base, 0));

			ASSERT_LE(0, fd);
			SUCCEEDS(OPENING(form), self->dev, object(rows[i].other, self->base, FOLD));
			if (!folds(form))
				REFUSES(OPENING(form), self->dev, object(rows[i].other, self->base, 0), OBJECT_NAME_NOT_FOUND);
			close(fd);
			fd = call(form, self->dev, object(rows[i].other, self->base, 0));
			ASSERT_LE(0, fd);
			SUCCEEDS(OPENING(form), self->dev, object(rows[i].one, self->base, FOLD));
			close(fd);
		}
	ASSERT_TRUE(is_fresh(self->dev));
}

TEST_HARNESS_MAIN
