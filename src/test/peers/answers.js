'use strict';
// What both sites answer below their frameworks: with Node's own request and response, so that framing and fields are exact.

const crypto = require('node:crypto');

const LINE = 'The same line in each answer, so that it can be compressed. ';

function sha256(bytes) {
  return crypto.createHash('sha256').update(bytes).digest('hex');
}

/** Text that compresses well. */
function text(size) {
  return LINE.repeat(Math.ceil(size / LINE.length)).slice(0, size);
}

/** Bytes that do not compress, the same for the same size. */
function noise(size) {
  const cipher = crypto.createCipheriv('aes-128-ctr', Buffer.alloc(16, 7), Buffer.alloc(16));
  return cipher.update(Buffer.alloc(size));
}

/** Method, target and fields as they came, and the sum of the body. */
async function echo(request, response) {
  const hash = crypto.createHash('sha256');
  let length = 0;
  for await (const piece of request) {
    hash.update(piece);
    length += piece.length;
  }
  const lines = [`${request.method} ${request.url}`];
  for (let i = 0; i < request.rawHeaders.length; i += 2) {
    lines.push(`${request.rawHeaders[i]}: ${request.rawHeaders[i + 1]}`);
  }
  const trailers = Object.entries(request.trailers).map(([name, value]) => `trailer ${name}: ${value}`);
  response.setHeader('Content-Type', 'text/plain; charset=latin1');
  response.end(Buffer.from([...lines, ...trailers, `${length} ${hash.digest('hex')}`, ''].join('\n'), 'latin1'));
}

/** Odd but valid fields. */
function fields(request, response) {
  response.setHeader('Set-Cookie', ['a=1; Path=/', 'b="two words"; HttpOnly', 'c=; Max-Age=0']);
  response.setHeader('Vary', ['Accept', 'Accept-Language']);
  response.setHeader('x-lower', 'lower');
  response.setHeader('X-UPPER', 'UPPER');
  response.setHeader('X-Empty', '');
  response.setHeader('X-Latin', 'caf\u00e9');
  response.setHeader('X-Long', 'x'.repeat(1500));
  response.setHeader('Link', ['</style.css>; rel=preload; as=style', '</next>; rel="next"']);
  response.setHeader('Cache-Control', 'no-store, max-age=0');
  response.setHeader('Content-Language', 'de-AT');
  response.setHeader('Content-Type', 'Text/Plain;charset="ISO-8859-1"; odd=1');
  response.setHeader('Server', 'sample');
  response.end('fields');
}

/** A status without a body, or with the body that goes with it. */
function status(code, response) {
  if (code === 401) response.setHeader('WWW-Authenticate', ['Basic realm="site"', 'Digest realm="site", nonce="1"']);
  if (code === 407) response.setHeader('Proxy-Authenticate', 'Basic realm="proxy"');
  if (code === 405) response.setHeader('Allow', 'GET, HEAD');
  if (code === 429 || code === 503) response.setHeader('Retry-After', '7');
  if (code >= 300 && code < 309) response.setHeader('Location', '../other//place?x=%2F#part');
  if (code === 304) response.setHeader('ETag', '"tag"');
  response.statusCode = code;
  response.end(code === 204 || code === 205 || code === 304 ? undefined : `status ${code}\n`);
}

/** Pieces of a body whose length is not announced, or is. */
async function download(size, announced, response) {
  response.setHeader('Content-Type', 'application/octet-stream');
  response.setHeader('Content-Disposition', "attachment; filename=\"a b.bin\"; filename*=UTF-8''%e2%82%ac.bin");
  if (announced) response.setHeader('Content-Length', size);
  const bytes = noise(size);
  for (let from = 0; from < size; from += 40000) {
    if (!response.write(bytes.subarray(from, from + 40000))) {
      await new Promise((resolve) => response.once('drain', resolve));
    }
  }
  response.end();
}

/** Three events, and the end. */
function events(response) {
  response.setHeader('Content-Type', 'text/event-stream');
  response.setHeader('Cache-Control', 'no-cache');
  let number = 0;
  const timer = setInterval(() => {
    response.write(`id: ${++number}\ndata: event ${number}\n\n`);
    if (number === 3) {
      clearInterval(timer);
      response.end();
    }
  }, 20);
}

function trailers(response) {
  response.setHeader('Trailer', 'X-Sum, X-Last');
  response.setHeader('Content-Type', 'text/plain');
  response.write('with trailers');
  response.addTrailers({ 'X-Sum': sha256('with trailers'), 'X-Last': 'yes' });
  response.end();
}

/** Answers before the request's body is over. */
function early(request, response) {
  request.resume();
  response.statusCode = 413;
  response.end('too large\n');
}

function cut(announced, response) {
  if (announced) response.setHeader('Content-Length', 1000);
  response.write('the beginning', () => setTimeout(() => response.destroy(), 100));
}

function hints(response) {
  response.writeEarlyHints({ link: '</style.css>; rel=preload; as=style' });
  response.end('after the hints\n');
}

/**
 * Answers, if it is one of these, below the framework.
 *
 * @returns whether it did
 */
function answer(request, response) {
  const url = new URL(request.url, 'http://site');
  const size = Number(url.searchParams.get('size'));
  const announced = url.searchParams.has('length');
  switch (url.pathname.split('/')[1]) {
    case 'echo': echo(request, response); break;
    case 'fields': fields(request, response); break;
    case 'status': status(Number(url.pathname.split('/')[2]), response); break;
    case 'download': download(size, announced, response); break;
    case 'events': events(response); break;
    case 'trailers': trailers(response); break;
    case 'early': early(request, response); break;
    case 'cut': cut(announced, response); break;
    case 'hints': hints(response); break;
    default: return false;
  }
  return true;
}

module.exports = { answer, sha256, text };
