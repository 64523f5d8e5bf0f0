'use strict';
// A site of Fastify, as its guide has it. Argument: the directory of its static files. Serves a free port of the loopback.

const http = require('node:http');
const { answer, sha256, text } = require('./answers.js');

const site = require('fastify')({
  bodyLimit: 1e7,
  trustProxy: '127.0.0.1',
  serverFactory: (handler) => http.createServer((request, response) => {
    if (!answer(request, response)) handler(request, response);
  }),
});

site.register(require('@fastify/static'), { root: process.argv[2], prefix: '/files/', maxAge: 3600000 });
site.register(require('@fastify/compress'));
site.register(require('@fastify/etag'));
site.register(require('@fastify/cookie'), { secret: 'secret' });
site.register(require('@fastify/formbody'));
site.register(require('@fastify/multipart'), { limits: { fileSize: 1e7 } });

site.register(async (routes) => {
  routes.get('/name', async () => 'fastify');
  routes.get('/text', async (request, reply) => reply.type('text/plain').send(text(Number(request.query.size))));
  routes.get('/whoami', async (request) => ({
    ip: request.ip, protocol: request.protocol, hostname: request.hostname, url: request.originalUrl,
  }));
  routes.post('/form', async (request) => request.body);
  routes.post('/json', async (request, reply) => reply.code(201).header('Location', '/json/1').send(request.body));
  routes.post('/upload', async (request) => {
    const parts = [];
    for await (const part of request.parts()) {
      parts.push(part.file
        ? [part.fieldname, part.filename, part.mimetype, sha256(await part.toBuffer())]
        : [part.fieldname, part.value]);
    }
    return parts;
  });
  routes.get('/login', async (request, reply) => reply
    .setCookie('plain', 'a b').setCookie('signed', request.query.user, { signed: true, httpOnly: true })
    .redirect('/me'));
  routes.get('/me', async (request) => ({
    plain: request.cookies.plain, signed: request.unsignCookie(request.cookies.signed ?? '').value,
  }));
  routes.get('/error', async () => { throw new Error('broken on purpose'); });
});

site.listen({ port: 0, host: '127.0.0.1' }).then((url) => console.log(`site serves ${new URL(url).port}`));
