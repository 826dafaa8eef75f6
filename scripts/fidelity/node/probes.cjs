// The probes once more, for serverless-offline: its Python runner never answers for a handler that raises. What they do
// is described in ../probes/probes.py. Requests are not signed, since nothing here checks signatures.

const { CONNECTIONS_ENDPOINT, SEEN_ENDPOINT, SEEN_TABLE } = process.env;
const LONGEST_BODY = 1000;
const OK = { statusCode: 200 };

const sleep = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));
const idOf = (event) => event.requestContext.connectionId;
const asked = (event) => event.queryStringParameters ?? {};

exports.connect = async (event) => {
  const { post, sleep: seconds, raise, return: result } = asked(event);
  await record(event, post ? await call("POST", idOf(event), "too early") : "");
  if (seconds) await sleep(Number(seconds));
  if (raise) throw new Error("asked to raise");
  return result ? JSON.parse(result) : OK;
};

exports.disconnect = async (event) => {
  await record(event, await call("POST", idOf(event), "too late"));
  return OK;
};

exports.default = async (event) => {
  await (event.body === "who" ? call("POST", idOf(event), idOf(event)) : record(event));
  return OK;
};

exports.echo = async (event) => {
  const began = Date.now() / 1000;
  await record(event);
  const { text = "", sleep: seconds = 0 } = JSON.parse(event.body);
  await sleep(seconds);
  await call("POST", idOf(event), JSON.stringify({ text, event, began, ended: Date.now() / 1000 }));
  return OK;
};

exports.fail = async (event) => {
  await record(event);
  const { how, seconds, value = OK } = JSON.parse(event.body);
  if (how === "raise") throw new Error("asked to raise");
  if (how === "sleep") await sleep(seconds);
  return how === "unwritable" ? { value: 1n } : value;
};

exports.manage = async (event) => {
  await record(event);
  const { operation, id, data = "" } = JSON.parse(event.body);
  const method = { post: "POST", get: "GET", delete: "DELETE" }[operation];
  await call("POST", idOf(event), JSON.stringify({ outcome: await call(method, id, data) }));
  return OK;
};

async function call(method, id, data) {
  const body = method === "POST" ? data : undefined;
  const answer = await fetch(`${CONNECTIONS_ENDPOINT}/@connections/${encodeURIComponent(id)}`, { method, body });
  await answer.text();
  return `${answer.status} ${answer.headers.get("x-amzn-errortype") ?? ""}`.trim();
}

async function record(event, posted = "") {
  const body = event.body ?? "";
  const kept = body.length > LONGEST_BODY ? { ...event, body: `${body.length} characters` } : event;
  const at = String(process.hrtime.bigint()).padStart(20, "0");
  for (const name of [idOf(event), asked(event).probe].filter(Boolean)) {
    const item = { name, at, event: JSON.stringify(kept), posted };
    const Item = Object.fromEntries(Object.entries(item).map(([key, value]) => [key, { S: value }]));
    await fetch(SEEN_ENDPOINT, {
      method: "POST",
      headers: { "X-Amz-Target": "DynamoDB_20120810.PutItem", "Content-Type": "application/x-amz-json-1.0" },
      body: JSON.stringify({ TableName: SEEN_TABLE, Item }),
    });
  }
}
