'use strict';
// Asks a site with Node's own clients, and prints what it got in a form that is the same whatever is between it and the site.
// Arguments: the URL of the site, and the client: fetch, http, http2. Where the site speaks no HTTP/2 itself, http2 may be
// told to print what it should see: "http2-over-1".

const crypto = require('node:crypto');
const http = require('node:http');
const http2 = require('node:http2');

const base = new URL(process.argv[2]);
const OF_THE_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'trailer', 'date']);
const MEGABYTE = crypto.createCipheriv('aes-128-ctr', Buffer.alloc(16, 1), Buffer.alloc(16)).update(Buffer.alloc(1 << 20));

function sha256(bytes) {
  return crypto.createHash('sha256').update(bytes).digest('hex').slice(0, 16);
}

/** Tomcat takes it apart and writes it anew: without spaces and quotes, charset last. */
function mediaType(value) {
  const [type, ...parameters] = value.replaceAll('"', '').split(/\s*;\s*/);
  return [type, ...parameters.sort()].join(';');
}

function print(what, status, fields, body, trailers = []) {
  const shown = fields.filter(([name]) => !OF_THE_HOP.has(name) && !name.startsWith(':'))
    .map(([name, value]) => `${name}=${name === 'content-type' ? mediaType(value) : value}`).sort();
  console.log(`${what}: ${status} ${shown.join(' | ')} # ${body.length} ${sha256(body)} ${JSON.stringify(trailers)}`);
}

async function collect(stream) {
  const pieces = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces);
}

async function throughFetch() {
  async function ask(what, path, options) {
    const response = await fetch(new URL(path, base), options);
    const body = Buffer.from(await response.arrayBuffer());
    const fields = [...response.headers].filter(([name]) => name !== 'set-cookie');
    print(what, response.status, fields.concat(response.headers.getSetCookie().map((c) => ['set-cookie', c])), body);
    return body;
  }
  await ask('text', '/text?size=20000');
  await ask('file', '/files/large.bin');
  await ask('redirect', '/login?user=ann', { redirect: 'manual' });
  await ask('followed', '/status/302');
  await ask('head', '/files/page.html', { method: 'HEAD' });
  await ask('json', '/json', { method: 'POST', body: '{"a":[1,2]}', headers: { 'Content-Type': 'application/json' } });
  await ask('form', '/form', { method: 'POST', body: new URLSearchParams({ name: 'a b', more: '\u00e9&=' }) });
  const form = new FormData();
  form.set('field', 'value \u20ac');
  form.set('file', new Blob([MEGABYTE]), 'megabyte.bin');
  await ask('multipart', '/upload', { method: 'POST', body: form });
  const streamed = new Blob([MEGABYTE]).stream();
  const echoed = await ask1('/echo', { method: 'PUT', body: streamed, duplex: 'half' });
  console.log(`streamed: ${echoed}`);
  const many = await Promise.all(Array.from({ length: 60 }, (_, i) => ask1(`/download?size=${i * 1000}`)));
  console.log(`many: ${sha256(Buffer.from(many.join()))}`);

  /** The last line: for an echo the sum of what was sent. */
  async function ask1(path, options) {
    const body = Buffer.from(await (await fetch(new URL(path, base), options)).arrayBuffer());
    return path === '/echo' ? body.toString('latin1').trim().split('\n').pop() : sha256(body);
  }
}

async function throughHttp() {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const sockets = new Set();
  async function ask(method, path, headers = {}, body, trailers) {
    const request = http.request(new URL(path, base), { agent, method, headers });
    request.on('socket', (socket) => sockets.add(socket));
    if (body) request.write(body);
    if (trailers) request.addTrailers(trailers);
    request.end();
    const response = await new Promise((resolve, reject) => request.on('response', resolve).on('error', reject));
    const received = await collect(response);
    const fields = [];
    for (let i = 0; i < response.rawHeaders.length; i += 2) {
      fields.push([response.rawHeaders[i].toLowerCase(), response.rawHeaders[i + 1]]);
    }
    const echo = path.startsWith('/echo');
    const kept = echo ? received.toString('latin1').split('\n').filter((line) => /^(trailer |\d+ |[A-Z]+ \/)/.test(line)) : [];
    print(`${method} ${path}`, response.statusCode, echo ? [] : fields,
      echo ? Buffer.from(kept.join()) : received, response.rawTrailers);
  }
  await ask('GET', '/trailers');
  await ask('POST', '/echo', { 'Transfer-Encoding': 'chunked', Trailer: 'X-Sum' }, MEGABYTE, { 'X-Sum': 'sum' });
  await ask('DELETE', '/echo', { 'Content-Length': 4 }, 'body');
  await ask('GET', '/echo', { 'Content-Length': 4 }, 'body');
  await ask('GET', '/fields');
  await ask('HEAD', '/download?size=100&length');
  for (let i = 0; i < 30; i++) await ask(i % 2 ? 'GET' : 'POST', `/echo?${i}`, i % 2 ? {} : { 'Content-Length': 2 }, i % 2 ? null : 'ab');
  console.log(`connections: ${sockets.size}`);
  agent.destroy();
}

/** Asks as the same client would over HTTP/1.1: what HTTP/2 must show too. */
async function plain(method, path, body) {
  const request = http.request(new URL(path, base), { method, agent: false });
  request.end(body);
  const response = await new Promise((resolve, reject) => request.on('response', resolve).on('error', reject));
  const received = await collect(response);
  return { status: response.statusCode, fields: response.headers, body: received, trailers: response.trailers };
}

function streamOf(session, method, path, body) {
  const stream = session.request({ ':method': method, ':path': path }, { endStream: !body });
  if (body) stream.end(body);
  return new Promise((resolve, reject) => {
    let fields = {};
    let trailers = {};
    stream.on('response', (got) => { fields = got; }).on('trailers', (got) => { trailers = got; }).on('error', reject);
    collect(stream).then((received) => resolve({ status: fields[':status'], fields, body: received, trailers }), reject);
  });
}

async function throughHttp2(over1) {
  const session = over1 ? null : http2.connect(base);
  const ask = over1 ? plain : (...call) => streamOf(session, ...call);
  const show = (what, { status, fields, body, trailers }) =>
    print(what, status, Object.entries(fields), body, Object.entries(trailers));
  show('fields', await ask('GET', '/fields'));
  show('trailers', await ask('GET', '/trailers'));
  show('text', await ask('GET', '/text?size=300000'));
  show('file', await ask('GET', '/files/large.bin'));
  show('head', await ask('HEAD', '/files/page.html'));
  show('error', await ask('GET', '/error'));
  show('events', await ask('GET', '/events'));
  const upload = await ask('PUT', '/echo', MEGABYTE);
  console.log(`upload: ${upload.body.toString('latin1').trim().split('\n').pop()}`);
  const many = [];
  for (let round = 0; round < 3; round++) {
    many.push(...await Promise.all(Array.from({ length: 100 }, (_, i) => ask('GET', `/download?size=${i * 700}`))));
  }
  console.log(`many: ${sha256(Buffer.from(many.map((answer) => sha256(answer.body)).join()))}`);
  session?.close();
}

const clients = {
  fetch: throughFetch, http: throughHttp, http2: () => throughHttp2(false), 'http2-over-1': () => throughHttp2(true),
};
clients[process.argv[3]]().catch((error) => {
  console.log(`failed: ${error.stack}${error.cause ? ` because ${error.cause.stack}` : ''}`);
  process.exitCode = 1;
});
