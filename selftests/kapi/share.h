/* SPDX-License-Identifier: GPL-2.0 */
/* Events that a program shares with this module; see share.c. */
#ifndef NTEVENT_KAPI_SHARE_H
#define NTEVENT_KAPI_SHARE_H

struct share;
struct share *new_share(void);
void free_share(struct share *s);
long share_ioctl(struct share *s, void __user *argument);

#endif
