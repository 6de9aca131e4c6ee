#!/usr/bin/env bash
# Real software in front of a page that books: Apache with PHP-FPM, Varnish, nginx and HAProxy, each in a way that hides
# or delays the page's answer, or repeats the request. The program imports a list through each, the commands that settle
# the rest are typed, and then what the results say is compared with what the page has booked.
#
#   tests/proxies.sh [PROGRAM [CASE...]]      PROGRAM is target/debug/userside-bulk unless named
#
# It needs Debian's packages: apt-get install php-cli php-fpm apache2 varnish nginx-light haproxy
# Cases whose software is missing are skipped, with the reason. Everything listens on free ports of 127.0.0.1, runs as an
# unprivileged user in a temporary folder, and is ended at the end; nothing of the system's configuration is read or
# changed. The cases run beside each other and take some minutes. The exit code is 1 if the program said something
# false, or if anything was done twice and no row says so; then the folder is kept.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
program=${1:-$here/../target/debug/userside-bulk}
shift $(($# > 0 ? 1 : 0))
[ -x "$program" ] || { echo "there is no program $program: build it, or name another" >&2; exit 2; }

# Where PHP-FPM and the servers are on Debian; /usr/sbin is not on everybody's PATH.
PATH=$PATH:/usr/sbin:/usr/local/sbin
fpm=$(compgen -c | grep -E '^php-fpm[0-9.]*$' | sort -V | tail -n 1 || true)
apache_modules=/usr/lib/apache2/modules
has() { command -v "$1" >/dev/null; }
for needed in php "${fpm:-php-fpm}" apache2 setsid; do
    has "$needed" || { echo "skipped: there is no $needed here (apt-get install php-cli php-fpm apache2)"; exit 0; }
done

# Servers of a privileged user would look for another one by themselves.
if [ "$(id -u)" = 0 ]; then
    dir=$(mktemp -d "${TMPDIR:-/tmp}/proxies.XXXXXX")
    cp "$program" "$dir/userside-bulk"
    cp -r "$here/proxies.sh" "$here/proxies" "$dir"
    chown -R nobody "$dir"
    code=0
    PROXIES_DIR=$dir HOME=$dir setpriv --reuid nobody --regid "$(id -g nobody)" --clear-groups \
        bash "$dir/proxies.sh" "$dir/userside-bulk" "$@" || code=$?
    [ "$code" != 0 ] || rm -rf "$dir"
    exit "$code"
fi
dir=${PROXIES_DIR:-$(mktemp -d "${TMPDIR:-/tmp}/proxies.XXXXXX")}
program=$(cd "$(dirname "$program")" && pwd)/$(basename "$program")
tool() { php -n "$here/proxies/tool.php" "$@"; }

names=(IMPATIENT FIRST SECOND HURRIED KEEPS_1 KEEPS_2 KEEPS_3 HIDES REPEATS FIREWALL BALANCER VARNISH)
mapfile -t ports < <(tool ports ${#names[@]})
fill=(-e "s|@DIR@|$dir|g" -e "s|@APACHE_MODULES@|$apache_modules|g")
for n in "${!names[@]}"; do
    declare "${names[$n]}=${ports[$n]}"
    fill+=(-e "s|@${names[$n]}@|${ports[$n]}|g")
done
mkdir -p "$dir/conf" "$dir/pages" "$dir/cases"
for file in php-fpm.conf apache.conf nginx.conf haproxy.cfg default.vcl; do
    sed "${fill[@]}" "$here/proxies/$file" > "$dir/conf/$file"
done

# The servers. Each runs in the foreground as a child of this script, in a session of its own so that Ctrl-C ends the
# program first.
servers=()
declare -A running=()
serve() {
    setsid "$@" > "$dir/$(basename "$1").out" 2>&1 &
    servers+=($!)
}
stop() {
    local case children
    for case in "${running[@]}"; do
        # The program of a case that goes on would wait for a server that is gone.
        children=$(pgrep -P "$case" || true)
        # shellcheck disable=SC2086 # one word for each process
        kill -KILL "$case" $children 2>/dev/null || true
    done
    for server in "${servers[@]}"; do kill -TERM "$server" 2>/dev/null || true; done
    for server in "${servers[@]}"; do wait "$server" 2>/dev/null || true; done
}
trap stop EXIT
answers() {
    for _ in $(seq 100); do
        (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null && return 0
        sleep 0.1
    done
    echo "$2 did not start; see $dir" >&2
    exit 2
}
serve "$fpm" -n -F -y "$dir/conf/php-fpm.conf"
serve apache2 -f "$dir/conf/apache.conf" -DFOREGROUND
answers "$FIRST" Apache
has nginx && { serve nginx -p "$dir" -e "$dir/nginx.log" -c "$dir/conf/nginx.conf"; answers "$HURRIED" nginx; }
has haproxy && { serve haproxy -db -f "$dir/conf/haproxy.cfg"; answers "$FIREWALL" HAProxy; }
has varnishd && {
    serve varnishd -F -j none -n "$dir/varnish" -a "127.0.0.1:$VARNISH" -f "$dir/conf/default.vcl" -s malloc,32m
    answers "$VARNISH" Varnish
}

# What a case is made of.
export USERSIDE_API_KEY=key-for-proxies
# new CASE RULES: its folder with a store, and its address on every server.
new() {
    mkdir -p "$dir/cases/$1" "$dir/pages/$1"
    tool store "$dir/cases/$1" "$2"
    printf "<?php const PROXIES_STATE = '%s'; require '%s';\n" "$dir/cases/$1" "$here/proxies/api.php" \
        > "$dir/pages/$1/api.php"
    cd "$dir/cases/$1"
}
# run_program ARGUMENTS: the program, with what it prints kept in `log`. Its exit code is in $code.
run_program() {
    code=0
    echo "\$ userside-bulk $*" >> log
    "$program" "$@" >> log 2>&1 || code=$?
}
row() { tool compare "$PWD" "$1" "$code" "$2" "${@:3}"; }
# settle JOURNAL OPTIONS: what an import's last lines and `status` recommend, as often as it takes.
settle() {
    for _ in $(seq 12); do
        run_program resume "$1" --resend --yes "${@:2}"
        [ "$code" = 3 ] || break
    done
}
# bookings PORT CASE RULES OPTIONS: the usual case.
bookings() {
    new "$2" "$3"
    tool bookings list.csv 1 40
    run_program import change_balance list.csv --url "http://127.0.0.1:$1/$2" --yes --rate 20/s "${@:4}"
    row import no list.results.csv || true
    settle list.journal
    # A page that is still at work books after the last word was said.
    sleep "${late:-0}"
    row resume yes list.results.csv
}

# Of 40 customers, eight meet the first rule (every fifth) and some the second: each only at their first booking.
fifth='"every":5,"from":0'
seventh='"every":7,"from":3'

# The worker is ended after it has booked, or before; Apache answers 503.
apache-503() {
    bookings "$IMPATIENT" apache-503 "[{$fifth,\"after\":60},{$seventh,\"before\":60}]" --settle 10s
}
# The same without another try, as an administrator would ask for who is afraid of doubles; then the rows that the
# program gives for `failed` are imported, as its last line says.
apache-503-no-retries() {
    new apache-503-no-retries "[{$fifth,\"after\":60}]"
    tool bookings list.csv 1 40
    run_program import change_balance list.csv --url "http://127.0.0.1:$IMPATIENT/apache-503-no-retries" --yes --rate 20/s \
        --retries 0 --settle 10s
    row import no list.results.csv || true
    run_program results list.journal --failed rest.csv
    if [ -s rest.csv ] && [ "$(wc -l < rest.csv)" -gt 1 ]; then
        run_program import change_balance rest.csv --url "http://127.0.0.1:$IMPATIENT/apache-503-no-retries" --yes \
            --ignore-unknown-columns --settle 10s
        row "failed, fed back" yes list.results.csv rest.results.csv
    else
        row "nothing to feed" yes list.results.csv
    fi
}
# New customers instead of bookings.
apache-503-add() {
    new apache-503-add "[{$fifth,\"after\":60},{$seventh,\"before\":60}]"
    tool customers list.csv 1 40
    run_program import add list.csv --url "http://127.0.0.1:$IMPATIENT/apache-503-add" --rate 20/s --settle 10s
    row import no list.results.csv || true
    settle list.journal
    row resume yes list.results.csv
}
# Varnish gives up after two seconds; the page has booked already, or books two seconds later.
varnish-503() {
    bookings "$VARNISH" varnish-503 "[{$fifth,\"after\":5},{$seventh,\"before\":4}]"
}
# nginx gives up after two seconds; the page books 25 or 45 seconds later.
nginx-504-late() {
    late=50 bookings "$HURRIED" nginx-504-late "[{$fifth,\"before\":25},{$seventh,\"before\":45}]"
}
# Connections are closed under the program's hands: no booking may be in doubt for that.
nginx-keepalive() {
    new nginx-keepalive '[]'
    local jobs=() seconds codes=0
    for seconds in 1 2 3; do
        local port=KEEPS_$seconds
        tool bookings "list$seconds.csv" $((seconds * 100)) $((seconds * 100 + 35))
        "$program" import change_balance "list$seconds.csv" --url "http://127.0.0.1:${!port}/nginx-keepalive" --yes \
            --rate $((60 / seconds))/m --concurrency 1 --no-reconcile > "log$seconds" 2>&1 &
        jobs+=($!)
    done
    for job in "${jobs[@]}"; do wait "$job" || codes=$?; done
    code=$codes
    row import strictly list1.results.csv list2.results.csv list3.results.csv
}
# nginx puts a 403 page in place of an answer that says 500.
nginx-403-page() {
    bookings "$HIDES" nginx-403-page '[{"every":13,"from":5,"status":500}]'
}
# A firewall looks at the answer, dislikes a header, and says 404.
haproxy-404-page() {
    bookings "$FIREWALL" haproxy-404-page "[{$fifth,\"header\":\"X-Debug: trace\"}]"
}
# The proxy sends the POST again by itself, and the program sees one good answer. What is booked too often is taken back,
# and then every balance is what the list makes it.
repeats() {
    local judged=0
    bookings "$1" "$2" "[{$fifth,\"after\":4}]" || judged=1
    run_program undo list.journal --surplus
    [ ! -s list.undo.csv ] || run_program import change_balance list.undo.csv --url "http://127.0.0.1:$1/$2" --yes
    tool balances "$PWD" list.csv || judged=1
    return "$judged"
}
nginx-repeats() { repeats "$REPEATS" nginx-repeats; }
haproxy-repeats() { repeats "$BALANCER" haproxy-repeats; }
# The same list once more, under another name and saved with another delimiter: nobody is charged again.
same-list-again() {
    new same-list-again '[]'
    local url=http://127.0.0.1:$FIRST/same-list-again
    tool bookings list.csv 1 40
    run_program import change_balance list.csv --url "$url" --yes --rate 50/s
    row import no list.results.csv || true
    mkdir elsewhere
    sed 's/,/;/g' list.csv > elsewhere/saved.csv
    run_program import change_balance elsewhere/saved.csv --url "$url" --yes --rate 50/s
    row "import again" yes list.results.csv elsewhere/saved.results.csv
}

# Two people import the same list at the same moment, each with a journal of their own. Nothing can prevent that both look
# before either books; but somebody has to say so, and when both take the surplus back it is taken back once.
two-at-once() {
    new two-at-once '[]'
    local url=http://127.0.0.1:$FIRST/two-at-once judged=0 jobs=() job n
    tool bookings list.csv 1 40
    for n in 1 2; do
        mkdir "$n"
        cp list.csv "$n"
        "$program" import change_balance "$n/list.csv" --url "$url" --yes --rate 20/s > "log$n" 2>&1 &
        jobs+=($!)
    done
    code=0
    for job in "${jobs[@]}"; do wait "$job" || code=$?; done
    row "two imports" yes 1/list.results.csv 2/list.results.csv || judged=1
    for n in 1 2; do
        run_program undo "$n/list.journal" --surplus
        [ ! -s "$n/list.undo.csv" ] || run_program import change_balance "$n/list.undo.csv" --url "$url" --yes
    done
    tool balances "$PWD" list.csv || judged=1
    return "$judged"
}

declare -A needs=(
    [apache-503]=apache2 [apache-503-no-retries]=apache2 [apache-503-add]=apache2 [varnish-503]=varnishd
    [nginx-504-late]=nginx [nginx-keepalive]=nginx [nginx-403-page]=nginx [haproxy-404-page]=haproxy
    [nginx-repeats]=nginx [haproxy-repeats]=haproxy [same-list-again]=apache2
    [two-at-once]=apache2
)
order=(apache-503 apache-503-no-retries apache-503-add varnish-503 nginx-504-late nginx-keepalive nginx-403-page
    haproxy-404-page nginx-repeats haproxy-repeats same-list-again two-at-once)
cases=("${@:-${order[@]}}")

echo "Of the rows of each list, as counted in what the page has stored, and beside it what the results say:"
printf '%-22s %-17s %5s %5s %5s %5s %5s %7s %9s %7s %4s\n' case after rows once never twice and "ok, but" \
    "failed or" unknown exit
printf '%-22s %-17s %5s %5s %5s %5s %5s %7s %9s %7s %4s\n' '' '' '' '' '' '' named "not" "skipped" '' code
printf '%-22s %-17s %5s %5s %5s %5s %5s %7s %9s %7s %4s\n' '' '' '' '' '' '' so "done" "but done" '' ''
for case in "${cases[@]}"; do
    [ -n "${needs[$case]:-}" ] || { echo "there is no case $case" >&2; exit 2; }
    has "${needs[$case]}" || continue
    ("$case" > "$dir/cases/$case.table" 2>&1) &
    running[$case]=$!
done
verdict=0
for case in "${cases[@]}"; do
    if [ -z "${running[$case]:-}" ]; then
        echo "$case: skipped, there is no ${needs[$case]} here"
        continue
    fi
    wait "${running[$case]}" || verdict=1
    unset "running[$case]"
    cat "$dir/cases/$case.table"
done
if [ "$verdict" = 0 ]; then
    echo "good: nothing false was said, and nothing was done twice in silence"
    [ -n "${PROXIES_DIR:-}" ] || { stop; servers=(); rm -rf "$dir"; }
else
    echo "WRONG: see above; everything is kept in $dir (cases/CASE/log is what was typed and printed)"
fi
exit "$verdict"
