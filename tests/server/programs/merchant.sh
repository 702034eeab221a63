# A merchant's shell script: curl with forms, and with everything in the URL by -G.
URL="http://127.0.0.1:$1/client/V1/"
KEY=$2
WANTED='{"sku": "SH1", "fields": ["title", "price", "quantity", "not_for_sale"]}'

post() {
  curl -sS "$URL" -d "auth=$KEY" -d "action=$1" --data-urlencode "data=$2"
  echo
}

get() {
  curl -sS -G "$URL" -H "Authorization: Bearer $KEY" -d "action=$1" --data-urlencode "data=$2"
  echo
}

post product_import '{"catalog_code": "SH1", "title": "Shell ring & \"band\"", "type": "ring", "not_for_sale": "0",
  "price": "100", "quantity": "5"}'
get product_search "$WANTED"
get product_update '{"sku": "SH1", "title": "Shell ring 2", "tags": ["ring", "new"]}'
get product_sold '{"sku": "SH1", "quantity": "2"}'
get product_search "$WANTED"
