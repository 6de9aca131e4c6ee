<?php
// The small jobs of tests/proxies.sh: free ports, lists, the store of a case, and the comparison of what the program
// says with what the page has stored.
declare(strict_types=1);

/** Ports that are free now; all are held open until the last is found, so none comes twice. */
function ports(int $count): void
{
    $held = [];
    for ($n = 0; $n < $count; $n++) {
        $held[] = $socket = stream_socket_server('tcp://127.0.0.1:0');
        echo substr(strrchr(stream_socket_get_name($socket, false), ':'), 1), "\n";
    }
}

/** A list of bookings for customers of these numbers; every tenth customer has a second one. */
function bookings(string $file, int $first, int $last): void
{
    $lines = "customer_id,amount,comment\n";
    for ($id = $first; $id <= $last; $id++) {
        $sign = $id % 3 === 0 ? '-' : '';
        $lines .= sprintf("%d,%s%d.%02d,Correction 7\n", $id, $sign, $id + 3, $id % 100);
        if ($id % 10 === 0) {
            $lines .= sprintf("%d,1.50,Back payment\n", $id);
        }
    }
    file_put_contents($file, $lines);
}

function customers(string $file, int $first, int $last): void
{
    $lines = "fio,codeti,billing_id\n";
    for ($n = $first; $n <= $last; $n++) {
        $lines .= "New customer $n,code-$n,1\n";
    }
    file_put_contents($file, $lines);
}

/** The store before a case: 400 customers, with a fortune of 100.00 each. */
function store(string $folder, string $rules): void
{
    $customers = [];
    for ($id = 1; $id <= 400; $id++) {
        $customers[$id] = ['id' => $id, 'fio' => "Customer $id", 'codeti' => "old-$id", 'cents' => 10000];
    }
    $store = ['customers' => $customers, 'bookings' => [], 'calls' => (object) []];
    file_put_contents("$folder/store.json", json_encode($store));
    file_put_contents("$folder/rules.json", $rules);
}

/** A comment without the program's key or tag, wherever it stands. */
function without_tag(string $comment): string
{
    return trim(preg_replace('/\s*\[ub-[^\]]*\]\s*/', ' ', $comment));
}

function booking_name(string $customer, string $amount, string $comment): string
{
    return implode('|', [$customer, number_format((float) $amount, 2, '.', ''), without_tag($comment)]);
}

/** How often the page did each thing. */
function done(array $store, bool $new_customers): array
{
    if ($new_customers) {
        return array_count_values(array_column($store['customers'], 'codeti'));
    }
    $names = array_map(
        fn (array $booking): string => booking_name((string) $booking['customer'], $booking['amount'], $booking['comment']),
        $store['bookings'],
    );
    return array_count_values($names);
}

/** What the program said of each thing; a later file overrules an earlier one, unless that says that it is there twice. */
function said(array $files): array
{
    $said = [];
    foreach ($files as $file) {
        $handle = fopen($file, 'r');
        $first = fgets($handle);
        $delimiter = substr_count($first, ';') > substr_count($first, ',') ? ';' : ',';
        $header = str_getcsv(rtrim($first), $delimiter, '"', '');
        while (($cells = fgetcsv($handle, null, $delimiter, '"', '')) !== false) {
            $row = array_combine($header, $cells);
            $name = $row['codeti'] ?? booking_name($row['customer_id'], $row['amount'], $row['comment']);
            if (($said[$name][1] ?? '') !== 'booked_twice') {
                $said[$name] = [$row['result_status'], $row['result_error_code']];
            }
        }
    }
    return $said;
}

/**
 * Prints one line of the table, and what is wrong below it. Ends with 1 if the program said something false, or if
 * anything was done twice and no row says so. `$judge` is `no` in the middle of a case, when work may still be on its
 * way; `yes`; or `strictly`, where no row has a reason to be in doubt.
 */
function compare(string $case, string $moment, int $exit, string $judge, array $files): never
{
    $store = json_decode(file_get_contents("$case/store.json"), true);
    $said = said($files);
    $new_customers = str_starts_with((string) array_key_first($said), 'code-');
    $done = done($store, $new_customers);
    $count = array_fill_keys(['rows', 'once', 'none', 'twice', 'named', 'ok', 'no', 'unknown'], 0);
    $wrong = [];
    foreach ($said as $name => [$status, $code]) {
        $times = $done[$name] ?? 0;
        $count['rows']++;
        $count[['none', 'once'][$times] ?? 'twice']++;
        $count['unknown'] += (int) ($status === 'unknown');
        if ($times > 1 && in_array($code, ['booked_twice', 'ambiguous'], true)) {
            $count['named']++;
        } elseif ($times > 1 && $status !== 'unknown') {
            // A row that is unknown sends somebody to look; the others end the matter.
            $wrong[] = "done $times times, and nobody says so: $name is $status $code";
        }
        if ($status === 'ok' && $times === 0) {
            $count['ok']++;
            $wrong[] = "ok, and not done: $name";
        }
        $there = in_array($code, ['already_booked', 'already_exists'], true);
        if (in_array($status, ['failed', 'skipped', 'invalid'], true) && $times > 0 && !$there) {
            $count['no']++;
            $wrong[] = "$status $code, and done $times times: $name";
        }
    }
    if ($exit === 0 && $count['once'] !== $count['rows']) {
        $wrong[] = 'exit code 0, and not every row was done once';
    }
    if ($judge === 'strictly' && $count['unknown'] > 0) {
        $wrong[] = "in doubt for nothing: $count[unknown] rows";
    }
    $quiet = $judge === 'no';
    $verdict = $quiet ? '' : ($wrong === [] ? 'good' : 'WRONG');
    printf("%-22s %-17s %5d %5d %5d %5d %5d %7d %9d %7d %4d  %s\n", basename($case), $moment, $count['rows'],
        $count['once'], $count['none'], $count['twice'], $count['named'], $count['ok'], $count['no'],
        $count['unknown'], $exit, $verdict);
    foreach ($quiet ? [] : array_slice($wrong, 0, 5) as $line) {
        echo "    $line\n";
    }
    if (!$quiet && count($wrong) > 5) {
        printf("    and %d more\n", count($wrong) - 5);
    }
    exit($quiet || $wrong === [] ? 0 : 1);
}

/** Whether every balance is what one booking of each row makes it. */
function balances(string $case, string $list): never
{
    $due = array_fill(1, 400, 10000);
    foreach (array_slice(file($list), 1) as $line) {
        [$id, $amount] = explode(',', $line);
        $due[(int) $id] += (int) round((float) $amount * 100);
    }
    $customers = json_decode(file_get_contents("$case/store.json"), true)['customers'];
    $off = array_filter($due, fn (int $cents, int $id): bool => $customers[$id]['cents'] !== $cents, ARRAY_FILTER_USE_BOTH);
    echo $off === [] ? "    after undo --surplus every balance is right\n"
        : '    after undo --surplus ' . count($off) . " balances are wrong\n";
    exit($off === [] ? 0 : 1);
}

[$job, $arguments] = [$argv[1], array_slice($argv, 2)];
match ($job) {
    'ports' => ports((int) $arguments[0]),
    'bookings' => bookings($arguments[0], (int) $arguments[1], (int) $arguments[2]),
    'customers' => customers($arguments[0], (int) $arguments[1], (int) $arguments[2]),
    'store' => store($arguments[0], $arguments[1]),
    'balances' => balances($arguments[0], $arguments[1]),
    'compare' => compare($arguments[0], $arguments[1], (int) $arguments[2], $arguments[3], array_slice($arguments, 4)),
};
