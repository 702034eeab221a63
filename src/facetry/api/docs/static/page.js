"use strict";

// The validator is another server's; everything that this page needs comes from this one.
const isNative = new URLSearchParams(window.location.search).get("api") === "v2";
window.SwaggerUIBundle({
  url: isNative ? "/docs/v2.json" : "/docs/openapi.json",
  dom_id: "#docs",
  deepLinking: true,
  docExpansion: "list",
  tryItOutEnabled: true,
  validatorUrl: null,
});
