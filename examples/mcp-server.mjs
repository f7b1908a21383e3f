/**
 * A small MCP server: JSON-RPC 2.0 on standard input and output, one message a line, without any dependency. It serves
 * the files of its working directory, and crashes when it is told to.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const object = (properties = {}) => ({ type: 'object', properties, required: Object.keys(properties) });

const tools = {
  list_files: {
    description: 'Lists the files of the project',
    inputSchema: object(),
    call: () => readdirSync('.').sort().join(' '),
  },
  read_file: {
    description: 'Reads a file of the project',
    inputSchema: object({ path: { type: 'string' } }),
    call: ({ path }) => readFileSync(path, 'utf8'),
  },
  crash: {
    description: 'Crashes the server',
    inputSchema: object(),
    call() {
      console.error('out of memory');
      process.exit(1);
    },
  },
};

const methods = {
  initialize: ({ protocolVersion }) => ({
    protocolVersion,
    capabilities: { tools: {} },
    serverInfo: { name: 'files', version: '1.0.0' },
  }),
  ping: () => ({}),
  'tools/list': () => ({
    tools: Object.entries(tools).map(([name, { description, inputSchema }]) => ({ name, description, inputSchema })),
  }),
  'tools/call'({ name, arguments: input = {} }) {
    if (!Object.hasOwn(tools, name)) throw refusal(-32602, `Unknown tool: ${name}`);
    try {
      return { content: [{ type: 'text', text: tools[name].call(input) }] };
    } catch (error) {
      // What a tool fails with is for the model to read.
      return { content: [{ type: 'text', text: error.message }], isError: true };
    }
  },
};

const refusal = (code, message) => Object.assign(new Error(message), { code });

function answer({ method, params = {} }) {
  try {
    if (!Object.hasOwn(methods, method)) throw refusal(-32601, `Method not found: ${method}`);
    return { result: methods[method](params) };
  } catch ({ code = -32603, message }) {
    return { error: { code, message } };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line);
  // What has no id is a notification, and wants no answer.
  if (message.id === undefined) continue;
  console.log(JSON.stringify({ jsonrpc: '2.0', id: message.id, ...answer(message) }));
}
