# SPDX-License-Identifier: GPL-2.0
# What a person calls. How the kernel builds the module is in Kbuild.

SHELL := /bin/bash
KERNEL  ?= 7.2
FLAVOUR ?= cloud
export NTEVENT_CACHE NTEVENT_MIRROR NTEVENT_JOBS

.DEFAULT_GOAL := modules
.PHONY: modules install run shell test verify check model mutants coverage debug-kernel selftests samples random soak bench fmt clean help

help:
	@echo 'make                 build ntevent.ko for the stock Debian kernel, in build/ (sets everything up)'
	@echo 'make KDIR=TREE       build it for a prepared kernel tree with CONFIG_RUST=y, in this folder'
	@echo 'make run             boot that kernel, load the module, show a demonstration'
	@echo 'make shell           a shell in a guest with the module loaded'
	@echo 'make test            the tests: 10 minutes from nothing, 4 afterwards'
	@echo 'make verify          the tests, and everything else: 50 minutes from nothing, 25 afterwards'
	@echo 'make test-NAME       one part of the tests, or one file of selftests/, in a guest; make test-list has the names'
	@echo 'make test TESTS=...  several of them, such as TESTS="wait_any_test alert_test"'
	@echo 'make soak HOURS=n    stress and random operations for n hours on two kernels, with a report'
	@echo 'make check           the static checks alone: format, clippy, where unsafe code is, the header'
	@echo 'make model           the model check of the wait protocol alone'
	@echo 'make mutants         put each seeded bug into the module, and see its kselftest fail'
	@echo 'make coverage        which edges of the module the tests reach, on the debug kernel'
	@echo 'make debug-kernel    build the debug kernel (KASAN, lockdep ...), about 10 minutes, once'
	@echo 'make selftests       build the kselftests in build/selftests'
	@echo 'make random          build the random tester in build/random'
	@echo 'make bench           measure everything beside the in-tree ntsync, and write docs/performance.md'
	@echo 'make install KDIR=   install the module for that kernel'
	@echo 'make fmt             format the Rust code'
	@echo 'make clean           remove what was built here; the cache stays'
	@echo
	@echo 'KERNEL=7.2|7.3 FLAVOUR=cloud|amd64|rt choose the stock kernel (now: $(KERNEL) $(FLAVOUR)).'
	@echo 'The cache is $${NTEVENT_CACHE:-~/.cache/ntevent}; remove it to start from nothing.'

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
