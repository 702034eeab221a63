// A merchant's program on Node: forms by http.request, reads by fetch with unencoded JSON in the URL.
const http = require('http');
const [port, key] = process.argv.slice(2);
const url = 'http://127.0.0.1:' + port + '/client/V1';

function post(action, data) {
  const body = 'auth=' + key + '&action=' + action + '&data=' + encodeURIComponent(JSON.stringify(data));
  const headers = {'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': Buffer.byteLength(body)};
  return new Promise((resolve, reject) => {
    const request = http.request(url, {method: 'POST', headers}, (answer) => {
      let text = '';
      answer.on('data', (chunk) => { text += chunk; });
      answer.on('end', () => resolve(text));
    });
    request.on('error', reject);
    request.end(body);
  });
}

async function get(action, data) {
  const answer = await fetch(url + '/?auth=' + key + '&action=' + action + '&data=' + data);
  return answer.text();
}

(async () => {
  console.log(await post('product_import', {
    catalog_code: 'JS1', title: 'Node ring & "band"', type: 'ring', not_for_sale: '0', price: '100', quantity: '5',
  }));
  console.log(await get('product_search', '{"sku":"JS1","fields":["title","price","quantity","not_for_sale"]}'));
  console.log(await get('product_update', '{"sku":"JS1","title":"Node ring 2","tags":["ring","new"]}'));
  console.log(await get('product_sold', '{"sku":"JS1","quantity":"2"}'));
  console.log(await get('product_search', '{"sku":"JS1","fields":["title","price","quantity","not_for_sale"]}'));
})().catch((error) => { console.error(error); process.exit(1); });
