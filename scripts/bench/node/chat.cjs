// A small chat for serverless-offline, as quick as one can be there: it runs in the same process, keeps its members in
// memory where ours has a table, and posts over kept connections without signing.

const http = require("node:http");

const { hostname, port } = new URL(process.env.CONNECTIONS_ENDPOINT);
const AGENT = new http.Agent({ keepAlive: true, maxSockets: 32 });
const OK = { statusCode: 200 };
const members = new Set();

exports.handler = async ({ body, requestContext: { connectionId, eventType } }) => {
  if (eventType !== "MESSAGE") return OK;
  const request = JSON.parse(body);
  if (request.action === "join") {
    members.add(connectionId);
    await post(connectionId, { type: "joined" });
  } else if (request.action === "send") {
    const { text, client } = request;
    const message = { type: "message", text, client, id: `${Date.now()}` };
    await Promise.all([...members].map((member) => post(member, message)));
  }
  return OK;
};

function post(connectionId, frame) {
  const path = `/@connections/${encodeURIComponent(connectionId)}`;
  return new Promise((done, failed) => {
    const request = http.request({ hostname, port, path, method: "POST", agent: AGENT }, (answer) => {
      answer.resume().on("end", done);
    });
    request.on("error", failed);
    request.end(JSON.stringify(frame));
  });
}
