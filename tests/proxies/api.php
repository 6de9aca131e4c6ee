<?php
// A small page that answers like UserSide's api.php, as far as a list of bookings or of new customers needs it. It
// keeps everything in one file, under a lock, so that afterwards everybody can count what was booked. Rules in
// `rules.json` make it slow before or after it books, add a header to its answer, or change the status.
//
// PROXIES_STATE (a constant that the page of a case defines) is the folder of `store.json` and `rules.json`.
declare(strict_types=1);

// Like most pages, this one does its work whether the client waits for it or not.
ignore_user_abort(true);
date_default_timezone_set('UTC');

const KEY = 'key-for-proxies';

/** Calls `$work` with what is stored; what it leaves there is stored again. Nobody else is in between. */
function stored(callable $work): mixed
{
    $file = fopen(PROXIES_STATE . '/store.json', 'c+');
    flock($file, LOCK_EX);
    $store = json_decode((string) stream_get_contents($file), true);
    $result = $work($store);
    rewind($file);
    ftruncate($file, 0);
    fwrite($file, json_encode($store, JSON_UNESCAPED_UNICODE));
    fflush($file);
    flock($file, LOCK_UN);
    return $result;
}

function answer(array $fields, int $status = 200): never
{
    http_response_code($status);
    header('Content-Type: application/json');
    echo json_encode($fields, JSON_UNESCAPED_UNICODE);
    exit;
}

function refuse(string $text, int $status = 400): never
{
    answer(['Result' => 'ERROR', 'ErrorText' => $text], $status);
}

function given(string $name): string
{
    $value = $_POST[$name] ?? $_GET[$name] ?? '';
    return is_string($value) ? $value : '';
}

/** `-12.5` as -1250. */
function cents(string $amount): int
{
    if (!preg_match('/^(-?)(\d+)(?:\.(\d{1,2}))?$/', $amount, $parts)) {
        refuse('the amount cannot be read');
    }
    $cents = (int) $parts[2] * 100 + (int) str_pad($parts[3] ?? '', 2, '0');
    return $parts[1] === '-' ? -$cents : $cents;
}

function money(int $cents): string
{
    return sprintf('%s%d.%02d', $cents < 0 ? '-' : '', intdiv(abs($cents), 100), abs($cents) % 100);
}

/** The rule for this write, or null: by the number of the object, and by how often it was written before. */
function rule(int $number): ?array
{
    $before = stored(function (array &$store) use ($number): int {
        $store['calls'][$number] = ($store['calls'][$number] ?? 0) + 1;
        return $store['calls'][$number] - 1;
    });
    foreach (json_decode((string) file_get_contents(PROXIES_STATE . '/rules.json'), true) as $rule) {
        if ($number % $rule['every'] === $rule['from'] && $before < ($rule['times'] ?? 1)) {
            return $rule;
        }
    }
    return null;
}

/** Does `$work` as slowly, and with as odd an answer, as the rule for this number says. */
function write(int $number, callable $work): never
{
    $rule = rule($number) ?? [];
    sleep($rule['before'] ?? 0);
    $fields = stored($work);
    sleep($rule['after'] ?? 0);
    if (isset($rule['header'])) {
        header($rule['header']);
    }
    answer($fields, $rule['status'] ?? 200);
}

function customer(array $store): int
{
    $id = (int) given('customer_id');
    if (!isset($store['customers'][$id])) {
        refuse('customer not found', 404);
    }
    return $id;
}

function shown(array $customer): array
{
    return [
        'id' => $customer['id'],
        'full_name' => $customer['fio'],
        'balance' => money($customer['cents']),
        'codeti' => $customer['codeti'],
        'state_id' => 2,
    ];
}

if (given('key') !== KEY) {
    refuse('the API key is wrong', 403);
}
if (given('cat') !== 'customer') {
    refuse('unknown section');
}
switch (given('subcat')) {
    case 'get_activity_counter':
        answer(['Result' => 'OK', 'Data' => 12]);
    case 'get_data':
        $ids = explode(',', given('customer_id'));
        $store = stored(fn (array &$store): array => $store);
        if (count($ids) === 1) {
            answer(['Result' => 'OK', 'Data' => shown($store['customers'][customer($store)])]);
        }
        $found = [];
        foreach (array_intersect($ids, array_keys($store['customers'])) as $id) {
            $found[$id] = shown($store['customers'][$id]);
        }
        answer(['Result' => 'OK', 'Data' => (object) $found]);
    case 'get_customers_id':
        $ids = array_keys(stored(fn (array &$store): array => $store)['customers']);
        $limit = (int) given('limit');
        answer(['Result' => 'OK', 'data' => $limit > 0 ? array_slice($ids, 0, $limit) : $ids]);
    case 'abon_hist':
        $store = stored(fn (array &$store): array => $store);
        $id = customer($store);
        $entries = array_filter($store['bookings'], fn (array $booking): bool => $booking['customer'] === $id);
        answer(['Result' => 'OK', 'Data' => array_map(fn (array $booking): array => [
            'Typer' => 'money',
            'DateDo' => $booking['at'],
            'Amount' => $booking['amount'],
            'Comment' => $booking['comment'],
            'employee_id' => 0,
        ], array_values($entries))]);
    case 'get_abon_id':
        $field = ['codeti' => 'codeti', 'billing_uid' => 'codeti'][given('data_typer')] ?? null;
        if ($field === null) {
            refuse('unknown data_typer');
        }
        $sought = given('data_value');
        $store = stored(fn (array &$store): array => $store);
        $ids = array_column(
            array_filter($store['customers'], fn (array $customer): bool => $customer[$field] === $sought),
            'id',
        );
        if ($ids === []) {
            refuse('nobody was found', 404);
        }
        answer(['Result' => 'OK', 'Id' => count($ids) === 1 ? $ids[0] : $ids]);
    case 'change_balance':
        $id = stored(fn (array &$store): int => customer($store));
        $cents = cents(given('amount'));
        write($id, function (array &$store) use ($id, $cents): array {
            $store['customers'][$id]['cents'] += $cents;
            $store['bookings'][] = [
                'customer' => $id,
                'amount' => money($cents),
                'comment' => given('comment'),
                'at' => date('Y-m-d H:i:s'),
            ];
            return ['Result' => 'OK'];
        });
    case 'add':
        $codeti = given('codeti');
        write((int) preg_replace('/\D/', '', $codeti), function (array &$store) use ($codeti): array {
            $id = max(array_keys($store['customers'])) + 1;
            $store['customers'][$id] = ['id' => $id, 'fio' => given('fio'), 'codeti' => $codeti, 'cents' => 0];
            return ['Result' => 'OK', 'Id' => $id];
        });
    default:
        refuse('unknown subcategory');
}
