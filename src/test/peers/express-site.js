'use strict';
// A site of Express, as its guide has it. Argument: the directory of its static files. Serves a free port of the loopback.

const express = require('express');
const compression = require('compression');
const cookieParser = require('cookie-parser');
const session = require('express-session');
const multer = require('multer');
const { answer, sha256, text } = require('./answers.js');

const site = express();
const upload = multer({ storage: multer.memoryStorage() });

site.set('trust proxy', '127.0.0.1');
site.use((request, response, next) => {
  if (!answer(request, response)) next();
});
site.use('/files', express.static(process.argv[2], { maxAge: '1h' }));
site.use(compression());
site.use(cookieParser('secret'));
site.use(session({
  secret: 'secret', resave: false, saveUninitialized: false, proxy: true,
  cookie: { sameSite: 'lax' }, genid: (request) => `session of ${request.query.user}`,
}));

site.get('/name', (request, response) => response.send('express'));
site.get('/text', (request, response) => response.type('text').send(text(Number(request.query.size))));
site.get('/whoami', (request, response) => response.json({
  ip: request.ip, protocol: request.protocol, hostname: request.hostname,
  url: request.originalUrl, secure: request.secure,
}));
site.post('/form', express.urlencoded({ extended: true }), (request, response) => response.json(request.body));
site.post('/json', express.json(), (request, response) => response.status(201).location('/json/1').json(request.body));
site.post('/upload', upload.any(), (request, response) => response.json({
  fields: request.body,
  files: request.files.map((file) => [file.fieldname, file.originalname, file.mimetype, sha256(file.buffer)]),
}));
site.get('/login', (request, response) => {
  request.session.user = request.query.user;
  response.cookie('plain', 'a b').cookie('signed', request.query.user, { signed: true, httpOnly: true });
  response.redirect('/me');
});
site.get('/me', (request, response) => response.json({
  session: request.session.user, plain: request.cookies.plain, signed: request.signedCookies.signed,
}));
site.get('/error', () => { throw Object.assign(new Error('broken on purpose'), { stack: 'broken on purpose' }); });
site.purge('/purge/*path', (request, response) => response.send(`purged ${request.params.path.join('/')}`));

const server = site.listen(0, '127.0.0.1', () => console.log(`site serves ${server.address().port}`));
