/* SPDX-License-Identifier: GPL-2.0 */
/* The interface between the coverage build of ntevent.ko and ntevent_coverage.ko. */

#ifndef NTEVENT_COVERAGE_H
#define NTEVENT_COVERAGE_H

struct module;

/*
 * Records that the edge with the return address @ip in the text of @module was reached. Can be
 * called in any context.
 */
void ntevent_coverage_record(struct module *module, unsigned long ip);

#endif
