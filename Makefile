# SPDX-License-Identifier: GPL-2.0
# The commands for people. Kbuild says how the kernel builds the module.

SHELL := /bin/bash
KERNEL  ?= 7.2
FLAVOUR ?= cloud
export NTEVENT_CACHE NTEVENT_MIRROR NTEVENT_JOBS

.DEFAULT_GOAL := modules
.PHONY: modules install run shell test verify check model mutants coverage debug-kernel selftests samples random soak bench fmt clean help

help:
	@echo 'make                 build ntevent.ko for the stock Debian kernel in build/, and set up all it needs'
	@echo 'make KDIR=TREE       build ntevent.ko for a prepared kernel tree with CONFIG_RUST=y, in this folder'
	@echo 'make run             boot the stock kernel in QEMU, load the module, run the demonstration'
	@echo 'make shell           open a shell in a guest with the module loaded'
	@echo 'make test            run the tests: 10 minutes the first time, then 4'
	@echo 'make verify          run the tests and everything else: 50 minutes the first time, then 25'
	@echo 'make test-NAME       run one part of the tests, or one file of selftests/'
	@echo 'make test TESTS=...  run several of them, such as TESTS="wait_any_test alert_test"'
	@echo 'make test-list       list the names of parts and files'
	@echo 'make soak HOURS=n    run stress tests and random operations for n hours on two kernels, and report'
	@echo 'make check           run the static checks: format, clippy, where unsafe code is, the header'
	@echo 'make model           run the wait engine under a model checker'
	@echo 'make mutants         put each seeded bug into the module, and check that its kselftest fails'
	@echo 'make coverage        report which edges of the module the tests reach, on the debug kernel'
	@echo 'make debug-kernel    build the debug kernel (KASAN, lockdep ...): about 10 minutes, once'
	@echo 'make selftests       build the kselftests in build/selftests'
	@echo 'make random          build the random tester in build/random'
	@echo 'make bench           measure each operation beside the in-tree ntsync, and write docs/performance.md'
	@echo 'make install KDIR=   install the module for the kernel of that tree'
	@echo 'make fmt             format the Rust code'
	@echo 'make clean           remove what was built in this folder; the cache stays'
	@echo
	@echo 'KERNEL=7.2|7.3 FLAVOUR=cloud|amd64|rt choose the stock kernel (now: $(KERNEL) $(FLAVOUR)).'
	@echo 'The cache is $${NTEVENT_CACHE:-~/.cache/ntevent}. Remove it to start anew.'

ifdef KDIR
modules:
	@tools/rust-is-available '$(KDIR)'
	$(MAKE) -C '$(KDIR)' M='$(CURDIR)' modules

install:
	$(MAKE) -C '$(KDIR)' M='$(CURDIR)' modules_install
else
modules:
	@dir=$$(tools/setup $(KERNEL) $(FLAVOUR)) && \
		tools/build module "$$dir/tree" '$(CURDIR)/build/$(KERNEL)-$(FLAVOUR)' && \
		echo 'built build/$(KERNEL)-$(FLAVOUR)/ntevent.ko'

install:
	@echo 'make install needs KDIR=, the build tree of the kernel to install for' >&2; exit 1
endif

run:
	@tools/demonstrate $(KERNEL) $(FLAVOUR)

shell:
	@NTEVENT_SHELL=1 tools/demonstrate $(KERNEL) $(FLAVOUR)

test:
	@KERNEL=$(KERNEL) FLAVOUR=$(FLAVOUR) tools/test $(TESTS)

test-list:
	@tools/test --list

test-%:
	@KERNEL=$(KERNEL) FLAVOUR=$(FLAVOUR) tools/test $*

verify:
	@tools/test --all

soak:
	@tools/soak '$(HOURS)'

check:
	@tools/check

model:
	@tools/setup root && . tools/lib.sh && in_root model/check

mutants:
	@tools/mutants

coverage:
	@tools/coverage

debug-kernel:
	@tools/debug-kernel

selftests samples random:
	@dir=$$(tools/setup $(KERNEL) $(FLAVOUR)) && tools/build $@ "$$dir/tree" '$(CURDIR)/build/$@'

bench:
	@tools/bench

fmt:
	@tools/check --fmt

clean:
	rm -rf build model/target
	find . -name '*.o' -o -name '*.ko' -o -name '*.mod*' -o -name '.*.cmd' -o -name '*_generated.rs' | xargs rm -f
	rm -f Module.symvers modules.order selftests/*_test samples/demo samples/driver_user
