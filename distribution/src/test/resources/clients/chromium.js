// Opens one Chromium, and in it a page for each line of input: {"run": name, "with": arguments}. The page has the browser builds of three
// clients and the functions of page.js; what the function returns, or why it failed, is a line of output. Ends with its input.
'use strict';
const fs = require('fs');
const http = require('http');
const path = require('path');
const readline = require('readline');
const {chromium} = require('playwright-core');
const [executablePath, profile, pageScript, certificate] = process.argv.slice(2);

const modules = path.join(__dirname, 'node_modules');
const served = {
  '/stomp.js': path.join(modules, '@stomp', 'stompjs', 'bundles', 'stomp.umd.min.js'),
  '/mqtt.js': path.join(modules, 'mqtt', 'dist', 'mqtt.min.js'),
  '/rhea.js': path.join(modules, 'rhea', 'dist', 'rhea-umd.js'),
  '/page.js': pageScript
};
const html = '<!doctype html><meta charset="utf-8"><title>clients</title>'
  + Object.keys(served).map(name => '<script src="' + name + '"></script>').join('');

function serve() {
  const server = http.createServer((request, response) => {
    if (request.url === '/') {
      response.setHeader('content-type', 'text/html').end(html);
    } else if (served[request.url]) {
      response.setHeader('content-type', 'text/javascript; charset=utf-8').end(fs.readFileSync(served[request.url]));
    } else {
      response.writeHead(404).end();
    }
  });
  return new Promise(resolve => server.listen(0, '127.0.0.1', () => resolve(server)));
}

/** A page of its own, closed when the function has returned, whatever it has left open. */
async function run(browser, address, line) {
  const order = JSON.parse(line);
  const page = await browser.newPage();
  const faults = [];
  page.on('pageerror', fault => faults.push(String(fault)));
  try {
    await page.goto(address);
    const late = new Promise((resolve, reject) => setTimeout(() => reject(new Error('not done in a minute')), 60000).unref());
    const value = await Promise.race([page.evaluate(([name, args]) => window.clients[name](args), [order.run, order.with]), late]);
    return faults.length > 0 ? {failure: faults.join('\n')} : {value};
  } catch (failure) {
    return {failure: [failure.message, ...faults].join('\n')};
  } finally {
    await page.close();
  }
}

async function main() {
  const server = await serve();
  const browser = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
      '--disable-sync', '--ignore-certificate-errors-spki-list=' + certificate]
  });
  for await (const line of readline.createInterface({input: process.stdin})) {
    process.stdout.write(JSON.stringify(await run(browser, 'http://localhost:' + server.address().port + '/', line)) + '\n');
  }
  await browser.close();
  process.exit(0);
}

main().catch(failure => {
  console.error(failure);
  process.exit(1);
});
