#!/bin/sh
# Kills the program 1,000 times, or as often as the first argument says, and prints what came of it. The second
# argument is the seed; the third, `migrate`, has legacy lists migrated instead of rows of one operation sent. What is
# done is described in tests/integration/kills.rs and tests/integration/kills/migration.rs; with the release build it
# takes about a quarter of an hour on two cores.
set -eu
cd "$(dirname "$0")/.."
case "${3:-}" in
    migrate) name=kills::migration::a_legacy_list_is_on_the_server_cell_by_cell_whenever_its_migration_is_killed ;;
    *) name=kills::nothing_is_done_twice_and_nothing_is_lost_whenever_the_program_is_killed ;;
esac
USERSIDE_BULK_KILLS="${1:-1000}" USERSIDE_BULK_SEED="${2:-1}" \
    exec cargo test --release --test integration -- --nocapture "$name"
