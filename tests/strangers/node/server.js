// The contract on Node's http: header names in any case, duplicates joined, framing as the standard library has it.
// "parsed" lets the views go through JavaScript's numbers, as most servers would.
"use strict";

const http = require("node:http");
const fs = require("node:fs");
const { timingSafeEqual, createHash } = require("node:crypto");

const { path, key, views } = JSON.parse(fs.readFileSync(process.argv[2], "utf8"));
const written = (view) => (process.argv[3] === "parsed" ? JSON.stringify(JSON.parse(view), null, 1) : view);
const bodies = Object.fromEntries(Object.entries(views).map(([name, view]) => [name, written(view)]));
const digest = (text) => createHash("sha256").update(text).digest();

function refuse(response, status, type, message, headers = {}) {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify({ type, status_code: status, error: { type, message }, extra_fields: {} }));
}

const server = http.createServer((request, response) => {
  const url = new URL(request.url, "http://localhost");
  if (url.pathname !== path) return refuse(response, 404, "not_found", "no such endpoint");
  if (request.method !== "GET" && request.method !== "HEAD")
    return refuse(response, 405, "method_not_allowed", "GET alone", { allow: "GET, HEAD" });
  const [, token] = /^bearer +(.*)$/i.exec(request.headers.authorization ?? "") ?? [];
  if (token === undefined || !timingSafeEqual(digest(token), digest(key)))
    return refuse(response, 401, "authentication_error", "no valid key", { "www-authenticate": "Bearer" });
  const asked = url.searchParams.get("from_memory") ?? "false";
  if (asked !== "true" && asked !== "false") return refuse(response, 400, "invalid_request", "from_memory");
  response.setHeader("content-type", "application/json; charset=UTF-8");
  response.setHeader("cache-control", "private");
  response.end(bodies[asked === "true" ? "memory" : "database"]);
});

server.listen(0, "127.0.0.1", () => console.log(`listening on http://127.0.0.1:${server.address().port}`));
