<?php
// A merchant's program on PHP: every call a form by curl.
[, $port, $key] = $argv;

function call($action, $data) {
    global $port, $key;
    $curl = curl_init("http://127.0.0.1:$port/client/V1/");
    curl_setopt($curl, CURLOPT_RETURNTRANSFER, true);
    curl_setopt($curl, CURLOPT_POST, true);
    curl_setopt($curl, CURLOPT_POSTFIELDS, http_build_query([
        'auth' => $key, 'action' => $action, 'data' => json_encode($data),
    ]));
    echo trim(curl_exec($curl)), "\n";
}

$wanted = ['sku' => 'PHP1', 'fields' => ['title', 'price', 'quantity', 'not_for_sale']];
call('product_import', [
    'catalog_code' => 'PHP1', 'title' => 'PHP ring & "band"', 'type' => 'ring', 'not_for_sale' => '0', 'price' => '100',
    'quantity' => '5',
]);
call('product_search', $wanted);
call('product_update', ['sku' => 'PHP1', 'title' => 'PHP ring 2', 'tags' => ['ring', 'new']]);
call('product_sold', ['sku' => 'PHP1', 'quantity' => '2']);
call('product_search', $wanted);
