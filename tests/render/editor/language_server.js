// Drives yaml-language-server over LSP: documents as JSON on standard input, what it says of each on standard output.
const {spawn} = require("child_process");
const {readFileSync} = require("fs");

const documents = JSON.parse(readFileSync(0, "utf8"));
const server = spawn("node", [process.argv[2], "--stdio"], {stdio: ["pipe", "pipe", "inherit"]});
const answers = new Map(), diagnostics = new Map();
const settings = {validate: true, hover: true, completion: true, schemaStore: {enable: false}};
let received = Buffer.alloc(0), number = 0;

function send(message) {
  const body = Buffer.from(JSON.stringify({jsonrpc: "2.0", ...message}));
  server.stdin.write(`Content-Length: ${body.length}\r\n\r\n`);
  server.stdin.write(body);
}

function ask(method, params) {
  return new Promise((resolve) => {
    answers.set(++number, resolve);
    send({id: number, method, params});
  });
}

function take(message) {
  if (message.method === "workspace/configuration") {
    send({id: message.id, result: message.params.items.map((item) => (item.section === "yaml" ? settings : null))});
  } else if (message.method && message.id !== undefined) {
    send({id: message.id, result: null});
  } else if (message.method === "textDocument/publishDiagnostics") {
    diagnostics.get(message.params.uri)?.(message.params.diagnostics);
  } else if (message.id !== undefined) {
    answers.get(message.id)(message.result);
  }
}

server.stdout.on("data", (data) => {
  received = Buffer.concat([received, data]);
  for (;;) {
    const end = received.indexOf("\r\n\r\n");
    const length = end < 0 ? 0 : Number(/Content-Length: (\d+)/i.exec(received.slice(0, end))[1]);
    if (end < 0 || received.length < end + 4 + length) return;
    const message = received.slice(end + 4, end + 4 + length);
    received = received.slice(end + 4 + length);
    take(JSON.parse(message));
  }
});

(async () => {
  const textDocument = {
    publishDiagnostics: {},
    hover: {contentFormat: ["markdown"]},
    completion: {completionItem: {snippetSupport: true}},
  };
  const capabilities = {workspace: {configuration: true}, textDocument};
  await ask("initialize", {processId: process.pid, rootUri: null, capabilities});
  send({method: "initialized", params: {}});
  const found = [];
  for (const {uri, text, hover, complete} of documents) {
    const told = new Promise((resolve) => diagnostics.set(uri, resolve));
    const document = {textDocument: {uri}};
    send({method: "textDocument/didOpen", params: {textDocument: {uri, languageId: "yaml", version: 1, text}}});
    const seen = {diagnostics: await told};
    if (hover) seen.hover = await ask("textDocument/hover", {...document, position: hover});
    if (complete) seen.completion = await ask("textDocument/completion", {...document, position: complete});
    send({method: "textDocument/didClose", params: document});
    found.push(seen);
  }
  process.stdout.write(JSON.stringify(found), () => process.exit(0));
})();
