import assert from "node:assert/strict";
import test from "node:test";

import { BROWSER } from "../../../frontend/net/connection.js";
import {
  cursor,
  error,
  HOUR,
  id,
  joined,
  MINUTE,
  message,
  NOW,
  Scene,
  SECOND,
  settled,
  UNTYPED,
} from "../support/scripted_server.js";

const BEGINNING = "0".repeat(13);
const presence = { type: "presence", online: 3, joined: [], left: [] };

/** A promise and the function that keeps it. */
function promise() {
  let keep;
  const kept = new Promise((resolve) => {
    keep = resolve;
  });
  return { kept, keep };
}

// --- entering ---

test("a room is entered without a cursor, and then messages may be sent", async () => {
  const scene = new Scene();
  assert.equal(scene.socket.url, "wss://chat");
  assert.deepEqual(scene.asked, []);
  await scene.open();
  assert.deepEqual(scene.asked, [{ action: "join", room: "tea", alias: "sealed Ada" }]);
  assert.equal(scene.connection.free, false);
  assert.equal(await scene.send("client-a"), false);
  await scene.tell(joined({ history: [message(1), message(2)] }));
  assert.deepEqual(scene.news(), [["joined", "enter", id(1), id(2)], ["ready", true], ["free"]]);
  assert.equal(scene.connection.free, true);
  assert.equal(scene.asked.length, 1);
});

test("a message that comes before its `joined` is kept for it, and is not missed later", async () => {
  const scene = new Scene();
  await scene.open();
  await scene.tell(message(20 * SECOND), joined({ history: [message(1)] }));
  assert.deepEqual(scene.news(), [["joined", "enter", id(1), id(20 * SECOND)], ["ready", true], ["free"]]);
  scene.connection.refresh();
  await scene.tell(joined());
  assert.deepEqual(scene.news()[0], ["joined", "refresh"]);
  await scene.reconnect();
  assert.deepEqual(scene.sinces, [undefined, cursor(5 * SECOND), cursor(5 * SECOND)]);
});

test("a socket lost before the room was entered is followed by another first entry, as if nothing had been", async () => {
  const scene = new Scene();
  await scene.open();
  await scene.tell(message(20 * SECOND));
  await scene.reconnect();
  assert.deepEqual(scene.sinces, [undefined, undefined]);
  await scene.tell(joined());
  assert.deepEqual(scene.news(), [["joined", "enter"], ["ready", true], ["free"]]);
});

test("who is refused at the first entry is told why, and the connection is closed", async () => {
  for (const code of ["room_full", "bad_request", "too_long"]) {
    const scene = new Scene();
    await scene.open();
    await scene.tell(error(code));
    assert.deepEqual(scene.news(), [["denied", `It is ${code}.`]]);
    assert.equal(scene.socket.closed, true);
    await scene.clock.pass(HOUR);
    scene.connection.check();
    assert.equal(scene.sockets.length, 1);
  }
});

test("a first entry over the rate limit waits as long as it is told, and asks again", async () => {
  const scene = new Scene();
  await scene.open();
  await scene.tell(error("rate_limited", { retryAfter: 42 }));
  await scene.clock.pass(42 * SECOND - 1);
  assert.equal(scene.asked.length, 1);
  await scene.clock.pass(1);
  assert.deepEqual(scene.sinces, [undefined, undefined]);
  assert.equal(scene.sockets.length, 1);
  await scene.tell(joined());
  assert.equal(scene.connection.free, true);
});

test("a refusal that comes at the last moment is not taken for silence", async () => {
  const scene = new Scene();
  const { kept, keep } = promise();
  scene.listener.presence = () => kept;
  await scene.open();
  await scene.clock.pass(9 * SECOND);
  await scene.tell(presence, error("rate_limited", { retryAfter: 42 }));
  await scene.clock.pass(2 * SECOND); // the time for an answer ends while the people are being decrypted
  keep();
  await settled();
  await scene.clock.pass(41 * SECOND);
  assert.equal(scene.sockets.length, 1);
  await scene.clock.pass(SECOND);
  assert.equal(scene.asked.length, 2);
});

test("a first entry that failed by accident is tried again with a new socket", async () => {
  for (const code of ["server_error", "not_joined"]) {
    const scene = new Scene();
    await scene.open();
    await scene.tell(error(code));
    assert.deepEqual(scene.news(), [["said", `It is ${code}.`]]);
    await scene.clock.pass(SECOND);
    assert.equal(scene.sockets.length, 2);
  }
});

test("a socket that does not open within 10 seconds is given up", async () => {
  const scene = new Scene();
  await scene.clock.pass(10 * SECOND - 1);
  assert.equal(scene.socket.closed, false);
  await scene.clock.pass(1);
  assert.equal(scene.sockets[0].closed, true);
  await scene.clock.pass(SECOND);
  assert.equal(scene.sockets.length, 2);
});

test("a join that is not answered within 10 seconds is asked on a new socket, whatever else was heard", async () => {
  const scene = new Scene();
  await scene.open();
  await scene.clock.pass(5 * SECOND);
  await scene.tell(message(1), UNTYPED);
  await scene.clock.pass(5 * SECOND);
  assert.equal(scene.sockets[0].closed, true);
  await scene.clock.pass(SECOND);
  await scene.open();
  assert.equal(scene.asked.length, 2);
});

// --- sending ---

test("one message is in flight at a time, and the next has its turn when the echo is found genuine", async () => {
  const scene = await Scene.entered();
  assert.equal(await scene.send("client-a", "sealed a"), true);
  assert.equal(scene.connection.free, false);
  assert.equal(await scene.send("client-b", "sealed b"), false);
  await scene.tell(message(1, { client: "client-a" }));
  assert.deepEqual(scene.news(), [["message", id(1)]]);
  scene.connection.settle("client-a");
  await settled();
  assert.deepEqual(scene.news(), [["free"]]);
  assert.equal(await scene.send("client-b", "sealed b"), true);
  assert.deepEqual(scene.asked.slice(1), [
    { action: "send", room: "tea", text: "sealed a", client: "client-a" },
    { action: "send", room: "tea", text: "sealed b", client: "client-b" },
  ]);
});

test("an echo that nobody vouches for acknowledges nothing", async () => {
  const scene = await Scene.entered();
  await scene.send("client-a");
  await scene.clock.pass(1);
  await scene.tell(message(1, { client: "client-a" }));
  await scene.clock.pass(10 * SECOND);
  assert.deepEqual(scene.asked[2], scene.asked[1]);
});

test("what is settled within a handler has its consequences when the handler is done", async () => {
  const scene = await Scene.entered();
  const { kept, keep } = promise();
  scene.listener.message = async ({ client }) => {
    scene.connection.settle(client);
    await kept;
    scene.told.push(["handled"]);
  };
  await scene.send("client-a");
  await scene.tell(message(1, { client: "client-a" }));
  assert.deepEqual(scene.news(), []);
  keep();
  await settled();
  assert.deepEqual(scene.news(), [["handled"], ["free"]]);
});

test("settling what is not in flight changes nothing", async () => {
  const scene = await Scene.entered();
  scene.connection.settle("client-x");
  await scene.send("client-a");
  for (let tries = 1; tries <= 5; tries++) {
    assert.deepEqual(scene.news(), []);
    assert.equal(scene.connection.free, false);
    await scene.unanswered();
    scene.connection.settle("client-x");
    await settled();
  }
  assert.deepEqual(scene.news(), [["unconfirmed", "client-a"], ["free"]]);
});

test("a message over the rate limit is the caller's again when the time has come", async () => {
  const scene = await Scene.entered();
  await scene.send("client-a");
  scene.listener.refused = ({ client, retryAfter }) =>
    scene.told.push(["refused", client, retryAfter, scene.connection.free]);
  await scene.tell(error("rate_limited", { client: "client-a", retryAfter: 7 }));
  assert.deepEqual(scene.news(), [["refused", "client-a", 7, false]]);
  await scene.clock.pass(7 * SECOND - 1);
  assert.equal(await scene.send("client-a"), false);
  await scene.clock.pass(1);
  assert.deepEqual(scene.news(), [["free"]]);
  assert.equal(await scene.send("client-a"), true);
});

test("the pause that the rate limit asks for outlives the socket", async () => {
  const scene = await Scene.entered();
  await scene.send("client-a");
  await scene.tell(error("rate_limited", { client: "client-a", retryAfter: 30 }));
  await scene.reconnect();
  await scene.tell(joined());
  assert.equal(scene.connection.free, false);
  assert.ok(!scene.news().some(([kind]) => kind === "free"));
  await scene.clock.pass(30 * SECOND);
  assert.deepEqual(scene.news(), [["free"]]);
});

test("a message that is refused for what it is makes way at once", async () => {
  const scene = await Scene.entered();
  await scene.send("client-a");
  await scene.tell(error("too_long", { client: "client-a" }));
  assert.deepEqual(scene.news(), [["refused", "client-a", "too_long"], ["free"]]);
  await scene.clock.pass(MINUTE);
  assert.equal(scene.asked.length, 2);
});

test("a refusal of another message than the one in flight is of the past", async () => {
  const scene = await Scene.entered();
  await scene.tell(error("bad_request", { client: "client-x" }));
  await scene.send("client-a");
  await scene.tell(error("rate_limited", { client: "client-x", retryAfter: 9 }));
  assert.deepEqual(scene.news(), []);
  scene.connection.settle("client-a");
  assert.equal(scene.connection.free, true);
});

test("what the server says to nobody's request is said to the person", async () => {
  const scene = await Scene.entered();
  await scene.tell(error("bad_request"));
  await scene.send("client-a");
  await scene.tell(error("unknown_action"));
  assert.deepEqual(scene.news(), [
    ["said", "It is bad_request."],
    ["said", "It is unknown_action."],
  ]);
  assert.equal(scene.connection.free, false);
});

test("what is not acknowledged goes out 5 times, and then the caller decides", async () => {
  for (const noAnswer of [UNTYPED, error("server_error", { client: "client-a" }), presence]) {
    const scene = await Scene.entered();
    await scene.send("client-a");
    for (let tries = 1; tries <= 5; tries++) {
      assert.equal(scene.asked.length, 1 + tries);
      await scene.clock.pass(5 * SECOND);
      await scene.tell(noAnswer);
      await scene.clock.pass(5 * SECOND);
    }
    assert.deepEqual(scene.news().slice(-2), [["unconfirmed", "client-a"], ["free"]]);
    assert.equal(scene.asked.length, 6);
    assert.ok(scene.asked.slice(1).every((frame) => frame.client === "client-a" && frame.text === "sealed words"));
    assert.equal(scene.sockets.length, 1);
  }
});

test("a message that is sent once more after all has all its tries again", async () => {
  const scene = await Scene.entered();
  for (let rounds = 0; rounds < 2; rounds++) {
    await scene.send("client-a");
    for (let tries = 1; tries <= 5; tries++) {
      assert.deepEqual(scene.news(), []);
      await scene.unanswered();
    }
    assert.deepEqual(scene.news(), [["unconfirmed", "client-a"], ["free"]]);
  }
  assert.equal(scene.asked.length, 11);

  await scene.send("client-a");
  for (let tries = 1; tries <= 4; tries++) await scene.unanswered();
  await scene.tell(error("bad_request", { client: "client-a" }));
  assert.deepEqual(scene.news(), [["refused", "client-a", "bad_request"], ["free"]]);
  await scene.send("client-a");
  for (let tries = 1; tries <= 4; tries++) await scene.unanswered();
  assert.deepEqual(scene.news(), []);
});

test("when nothing at all was heard for 10 seconds the socket is dead, and the caller may send the message again", async () => {
  const scene = await Scene.entered();
  await scene.clock.pass(MINUTE);
  await scene.tell(presence); // before it was sent: no sign of life
  await scene.send("client-a");
  scene.news();
  await scene.clock.pass(10 * SECOND);
  assert.equal(scene.sockets[0].closed, true);
  assert.deepEqual(scene.news(), [["ready", false]]);
  assert.equal(await scene.send("client-a"), false);
  await scene.clock.pass(SECOND);
  await scene.open();
  await scene.tell(joined());
  assert.deepEqual(scene.news(), [["joined", "resume"], ["ready", true], ["free"]]);
  assert.equal(await scene.send("client-a"), true);
});

test("tries are counted over several sockets, and a dead socket is not the message's fault", async () => {
  const scene = await Scene.entered();
  await scene.send("client-a");
  for (let tries = 1; tries <= 3; tries++) await scene.unanswered();
  for (let deaths = 1; deaths <= 6; deaths++) {
    await scene.reconnect();
    await scene.tell(joined());
    await scene.send("client-a");
  }
  scene.news();
  await scene.unanswered();
  assert.deepEqual(scene.news(), []);
  await scene.unanswered();
  assert.deepEqual(scene.news(), [["unconfirmed", "client-a"], ["free"]]);
});

test("an echo that came in time counts, however late its turn", async () => {
  const scene = await Scene.entered();
  const { kept, keep } = promise();
  await scene.send("client-a");
  await scene.clock.pass(9 * SECOND);
  scene.listener.message = async ({ client }) => {
    await kept;
    scene.connection.settle(client);
  };
  await scene.tell(message(1), message(2, { client: "client-a" }));
  await scene.clock.pass(20 * SECOND);
  keep();
  await settled();
  assert.equal(scene.asked.length, 2);
  assert.equal(scene.sockets.length, 1);
  assert.deepEqual(scene.news(), [["free"]]);
});

test("a member whom the server has forgotten joins again, and the message stays the caller's", async () => {
  const scene = await Scene.entered({ history: [message(20 * SECOND)] });
  await scene.send("client-a");
  await scene.tell(error("not_joined", { client: "client-a" }));
  assert.deepEqual(scene.news(), [["ready", false]]);
  assert.deepEqual(scene.sinces, [undefined, cursor(5 * SECOND)]);
  await scene.tell(joined());
  assert.deepEqual(scene.news(), [["joined", "resume"], ["ready", true], ["free"]]);
  assert.equal(await scene.send("client-a"), true);
  assert.equal(scene.sockets.length, 1);
});

test("a message that the server takes for a stranger's again and again is refused in the end", async () => {
  const scene = await Scene.entered();
  for (let tries = 1; tries <= 5; tries++) {
    await scene.send("client-a");
    await scene.tell(error("not_joined", { client: "client-a" }));
    await scene.tell(joined());
  }
  assert.deepEqual(scene.news().slice(-2), [["refused", "client-a", "not_joined"], ["free"]]);
  assert.equal(scene.sinces.length, 5);
});

test("messages that get through do not use up each other's tries", async () => {
  const scene = await Scene.entered();
  for (let round = 0; round < 10; round++) {
    await scene.send("client-a");
    await scene.tell(error("not_joined", { client: "client-a" }));
    await scene.tell(joined());
    await scene.send("client-a");
    scene.connection.settle("client-a");
    await settled();
  }
  assert.ok(!scene.news().some(([kind]) => kind === "refused"));
});

// --- frames ---

test("frames are handled one after the other", async () => {
  const scene = await Scene.entered();
  const { kept, keep } = promise();
  scene.listener.message = async (frame) => {
    await kept;
    scene.told.push(["message", frame.id]);
  };
  await scene.tell(message(1), message(2), presence);
  assert.deepEqual(scene.news(), []);
  keep();
  await settled();
  assert.deepEqual(scene.news(), [
    ["message", id(1)],
    ["message", id(2)],
    ["presence", 3],
  ]);

  const another = promise();
  scene.listener.presence = () => another.kept;
  await scene.tell(presence, message(3));
  assert.deepEqual(scene.news(), []);
  another.keep();
  await settled();
  assert.deepEqual(scene.news(), [["message", id(3)]]);
});

test("messages of a socket that was lost meanwhile are handed over, and nothing else of it is", async () => {
  const scene = await Scene.entered();
  const { kept, keep } = promise();
  const { message: note } = scene.listener;
  scene.listener.message = async (frame) => {
    await kept;
    await note(frame);
    scene.connection.settle(frame.client);
  };
  await scene.send("client-a");
  const late = [presence, error("too_long", { client: "client-a" }), error("bad_request"), joined({ more: true })];
  await scene.tell(message(1), ...late, message(2, { client: "client-a" }));
  await scene.reconnect();
  keep();
  await settled();
  assert.deepEqual(scene.news(), [
    ["ready", false],
    ["message", id(1)],
    ["message", id(2)],
  ]);
  assert.equal(scene.connection.free, false);
  await scene.tell(joined());
  assert.deepEqual(scene.news(), [["joined", "resume"], ["ready", true], ["free"]]);
});

test("a snapshot whose socket is lost while it is being decrypted is handed over, and decides nothing else", async () => {
  const scene = new Scene();
  const { kept, keep } = promise();
  scene.listener.joined = () => kept;
  await scene.open();
  await scene.tell(joined({ history: [message(1)] }));
  await scene.cut();
  keep();
  await settled();
  assert.deepEqual(scene.news(), []);
  assert.equal(scene.connection.free, false);
  scene.listener.joined = async () => {};
  await scene.clock.pass(SECOND);
  await scene.open();
  assert.deepEqual(scene.sinces, [undefined, cursor(-14_999)]);
  await scene.tell(joined({ gap: true }));
  assert.deepEqual(scene.news(), [["ready", true], ["free"]]);
});

test("a page whose socket is lost while it is being decrypted is not asked for again", async () => {
  const scene = await Scene.entered({ history: [message(0)] });
  await scene.reconnect();
  const { kept, keep } = promise();
  scene.listener.joined = () => kept;
  await scene.tell(joined({ history: [message(20 * SECOND)], more: true }));
  await scene.cut();
  keep();
  await settled();
  await scene.clock.pass(SECOND);
  await scene.open();
  await scene.tell(message(90 * SECOND));
  await scene.reconnect();
  assert.deepEqual(scene.sinces.slice(2), [cursor(5 * SECOND), cursor(5 * SECOND)]);
});

test("a snapshot of a lost socket that is still being decrypted does not hide what the next one has to fetch", async () => {
  const scene = await Scene.entered({ history: [message(0)] });
  await scene.reconnect();
  const { kept, keep } = promise();
  scene.listener.joined = () => kept;
  await scene.tell(joined({ history: [message(20 * SECOND)] }));
  await scene.reconnect(); // the next join is on its way before this snapshot is through
  keep();
  await settled();
  await scene.tell(message(90 * SECOND));
  await scene.reconnect();
  assert.equal(scene.sinces.at(-1), cursor(5 * SECOND));
});

test("a genuine echo that an old socket brought settles what was sent again on the new one", async () => {
  const scene = await Scene.entered();
  const { kept, keep } = promise();
  scene.listener.message = async ({ client }) => {
    await kept;
    scene.connection.settle(client);
  };
  await scene.send("client-a");
  await scene.tell(message(1, { client: "client-a" }));
  await scene.cut();
  keep();
  await settled();
  await scene.clock.pass(SECOND);
  await scene.open();
  await scene.tell(joined());
  await scene.send("client-a");
  await scene.tell(message(1, { client: "client-a" }));
  assert.equal(scene.connection.free, true);
});

test("strange frames count as silence, and a listener that fails is reported; both stop nothing", async (t) => {
  const reported = [];
  globalThis.reportError = (problem) => reported.push(problem);
  t.after(() => delete globalThis.reportError);
  const scene = await Scene.entered();
  const { message: note } = scene.listener;
  scene.listener.message = async (frame) => {
    if (frame.id === id(1)) throw new Error("a listener's own fault");
    await note(frame);
  };
  scene.socket.onmessage({ data: "no JSON" });
  const broken = [{ ...message(3), at: "now" }, { ...message(3), from: null }, joined({ members: null }), []];
  await scene.tell({ type: "news" }, { type: "left", room: "tea" }, 7, null, ...broken, message(1), message(2));
  assert.deepEqual(scene.news(), [["message", id(2)]]);
  assert.deepEqual(
    reported.map(({ name }) => name),
    ["Error"],
  );
});

test("a snapshot that nobody asked for is not looked at", async () => {
  const scene = await Scene.entered();
  await scene.tell(joined());
  await scene.send("client-a");
  await scene.tell(joined());
  assert.deepEqual(scene.news(), []);
  assert.equal(scene.connection.free, false);
});

// --- resuming ---

test("a connection resumes a little before the last message, since ids come from many clocks", async () => {
  const scene = await Scene.entered({ history: [message(10 * SECOND)] });
  await scene.tell(message(30 * SECOND), message(20 * SECOND));
  await scene.reconnect();
  assert.deepEqual(scene.sinces, [undefined, cursor(15 * SECOND)]);
  await scene.tell(joined({ history: [message(40 * SECOND)] }));
  await scene.reconnect();
  assert.equal(scene.sinces[2], cursor(25 * SECOND));
});

test("the overlap is the one that the server names", async () => {
  const { limits } = joined();
  const scene = await Scene.entered({ history: [message(0)], limits: { ...limits, overlapSeconds: 60 } });
  await scene.reconnect();
  assert.deepEqual(scene.sinces, [undefined, cursor(-60 * SECOND)]);
});

test("a room in which nothing was said is resumed from its beginning", async () => {
  const scene = await Scene.entered();
  await scene.reconnect();
  assert.deepEqual(scene.sinces, [undefined, BEGINNING]);
  await scene.tell(joined({ gap: true, history: [message(1)] }));
  assert.deepEqual(scene.news().slice(1), [["joined", "resume", id(1)], ["ready", true], ["free"]]);
});

test("resuming goes on while there is more, and only then is the room ready", async () => {
  const scene = await Scene.entered({ history: [message(0)] });
  await scene.reconnect();
  await scene.tell(joined({ history: [message(1), message(2)], more: true }));
  assert.equal(await scene.send("client-a"), false);
  await scene.tell(joined({ history: [message(3)], more: true }));
  await scene.tell(joined({ history: [message(4)] }));
  assert.deepEqual(scene.news(), [
    ["ready", false],
    ["joined", "resume", id(1), id(2)],
    ["joined", "resume", id(3)],
    ["joined", "resume", id(4)],
    ["ready", true],
    ["free"],
  ]);
  assert.deepEqual(scene.sinces, [undefined, cursor(-15 * SECOND), id(2), id(3)]);
});

test("a cut between two pages loses nothing, though newer messages came in live", async () => {
  const scene = await Scene.entered({ history: [message(20 * SECOND)] });
  await scene.reconnect();
  await scene.tell(message(80 * SECOND));
  await scene.tell(joined({ history: [message(30 * SECOND)], more: true }));
  await scene.tell(message(90 * SECOND));
  await scene.reconnect();
  assert.deepEqual(scene.sinces.slice(1), [cursor(5 * SECOND), id(30 * SECOND), cursor(15 * SECOND)]);
  await scene.tell(joined({ history: [message(90 * SECOND)] }));
  await scene.reconnect();
  assert.equal(scene.sinces.at(-1), cursor(75 * SECOND));
});

test("a page that promises more and brings nothing newer is the last one", async () => {
  const scene = await Scene.entered({ history: [message(0)] });
  await scene.reconnect();
  await scene.tell(joined({ history: [message(1)], more: true }));
  await scene.tell(joined({ history: [message(1)], more: true }));
  assert.equal(scene.connection.free, true);
  await scene.reconnect();
  await scene.tell(joined({ more: true }));
  assert.equal(scene.connection.free, true);
});

test("a page over the rate limit is asked again when the time has come", async () => {
  const scene = await Scene.entered({ history: [message(0)] });
  await scene.reconnect();
  await scene.tell(joined({ history: [message(1)], more: true }));
  await scene.tell(error("rate_limited", { retryAfter: 20 }));
  await scene.clock.pass(20 * SECOND);
  assert.deepEqual(scene.sinces.slice(2), [id(1), id(1)]);
  assert.equal(scene.sockets.length, 2);
  await scene.tell(joined({ history: [message(2)] }));
  assert.equal(scene.connection.free, true);
});

test("a copy in the history settles what is sent again", async () => {
  const scene = await Scene.entered();
  await scene.send("client-a");
  await scene.reconnect();
  scene.listener.joined = async ({ history }) => {
    for (const { client } of history) scene.connection.settle(client);
  };
  scene.news();
  await scene.tell(joined({ history: [message(1, { client: "client-a" })] }));
  assert.deepEqual(scene.news(), [["ready", true], ["free"]]);
});

test("a gap is told where it is, before what comes after it, and only after a long absence", async () => {
  const scene = await Scene.entered({ history: [message(0)] });
  await scene.reconnect(); // the cursor may be old, but this was in the room a moment ago
  await scene.tell(joined({ gap: true }));
  assert.ok(!scene.news().some(([kind]) => kind === "gap"));

  await scene.clock.pass(5 * MINUTE);
  await scene.tell(presence);
  await scene.cut();
  scene.clock.sleep(10 * MINUTE - 2 * SECOND);
  await scene.clock.pass(SECOND);
  await scene.open();
  await scene.tell(joined({ gap: true }));
  assert.ok(!scene.news().some(([kind]) => kind === "gap"));

  await scene.cut();
  scene.clock.sleep(10 * MINUTE);
  await scene.clock.pass(SECOND);
  await scene.open();
  await scene.tell(message(30 * MINUTE), joined({ gap: true, history: [message(20 * MINUTE)] }));
  assert.deepEqual(scene.news(), [
    ["ready", false],
    ["message", id(30 * MINUTE)],
    ["gap", id(0)],
    ["joined", "resume", id(20 * MINUTE)],
    ["ready", true],
    ["free"],
  ]);
});

test("a long absence without a gap is not called one", async () => {
  const scene = await Scene.entered({ history: [message(0)] });
  await scene.cut();
  scene.clock.sleep(HOUR);
  await scene.clock.pass(SECOND);
  await scene.open();
  await scene.tell(joined({ gap: false }));
  assert.ok(!scene.news().some(([kind]) => kind === "gap"));
});

test("who was forgotten by the server may have missed something, though the socket was alive", async () => {
  const scene = await Scene.entered({ history: [message(0)] });
  for (let minute = 0; minute < 11; minute++) {
    await scene.clock.pass(MINUTE);
    await scene.tell(UNTYPED);
  }
  await scene.send("client-a");
  await scene.tell(error("not_joined", { client: "client-a" }));
  await scene.tell(joined({ gap: true }));
  assert.deepEqual(scene.news()[1], ["gap", id(0)]);
});

test("a member who cannot come back hears why, and tries again with back-off", async () => {
  const scene = await Scene.entered({ history: [message(0)] });
  await scene.reconnect();
  await scene.tell(error("room_full"));
  assert.deepEqual(scene.news(), [
    ["ready", false],
    ["said", "It is room_full."],
  ]);
  await scene.clock.pass(SECOND);
  await scene.open();
  assert.equal(scene.sockets.length, 3);
  assert.equal(scene.sinces.length, 3);
});

// --- coming back ---

test("tries to come back are further and further apart, up to half a minute, and random", async () => {
  const scene = await Scene.entered();
  for (const longest of [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]) {
    await scene.cut();
    const before = scene.sockets.length;
    await scene.clock.pass(longest / 2 - 1);
    assert.equal(scene.sockets.length, before);
    await scene.clock.pass(1);
    assert.equal(scene.sockets.length, before + 1);
  }
  scene.random = 0.1;
  await scene.cut();
  const before = scene.sockets.length;
  await scene.clock.pass(3000);
  assert.equal(scene.sockets.length, before + 1);
});

test("a connection that held for 30 seconds ends the back-off, and a shorter one does not", async () => {
  for (const [heldMs, pauseMs] of [
    [30 * SECOND, 1000],
    [30 * SECOND + 1, 250],
  ]) {
    const scene = await Scene.entered();
    await scene.reconnect();
    await scene.cut();
    await scene.clock.pass(500);
    await scene.open();
    await scene.clock.pass(5 * SECOND); // only open: not held yet
    await scene.tell(joined());
    await scene.clock.pass(heldMs - SECOND);
    scene.connection.refresh();
    await scene.tell(joined());
    await scene.clock.pass(SECOND);
    await scene.cut();
    await scene.clock.pass(pauseMs - 1);
    assert.equal(scene.sockets.length, 3);
    await scene.clock.pass(1);
    assert.equal(scene.sockets.length, 4);
  }
});

test("whoever looks at the page does not wait, and the back-off starts anew", async () => {
  const scene = await Scene.entered();
  for (let losses = 0; losses < 4; losses++) await scene.reconnect();
  await scene.cut();
  scene.connection.check();
  assert.equal(scene.sockets.length, 6);
  scene.connection.check(); // it is on its way
  await scene.clock.pass(9 * SECOND);
  assert.equal(scene.sockets.length, 6);
  await scene.cut();
  await scene.clock.pass(250);
  assert.equal(scene.sockets.length, 7);
});

test("a page that nobody looks at stays lost until somebody does", async () => {
  const scene = await Scene.entered();
  scene.awake = false;
  await scene.send("client-a");
  await scene.cut();
  scene.connection.refresh();
  scene.connection.earlier();
  await scene.clock.pass(SECOND);
  assert.equal(scene.clock.pending, 0);
  await scene.clock.pass(HOUR);
  assert.equal(scene.sockets.length, 1);
  scene.awake = true;
  scene.connection.check();
  assert.equal(scene.sockets.length, 2);
});

test("coming back to a page has a socket checked that was silent for a minute", async () => {
  const scene = await Scene.entered({ history: [message(0)] });
  await scene.clock.pass(MINUTE);
  scene.connection.check();
  assert.equal(scene.asked.length, 1);
  await scene.clock.pass(1);
  scene.connection.check();
  assert.equal(scene.sinces[1], cursor(-15 * SECOND));
  await scene.tell(joined({ history: [message(0)] }));
  assert.deepEqual(scene.news(), [["joined", "resume", id(0)], ["free"]]);
  scene.connection.check();
  assert.equal(scene.asked.length, 2);
});

test("after another network came, no socket is trusted, however lately it was heard", async () => {
  const scene = await Scene.entered({ history: [message(0)] });
  scene.connection.check(true);
  assert.equal(scene.sinces[1], cursor(-15 * SECOND));
  await scene.tell(joined({ history: [message(0)] }));
  await scene.cut();
  scene.connection.check();
  scene.connection.check(true); // one was on its way, but on the network before
  assert.equal(scene.sockets.length, 3);
  assert.equal(scene.sockets[1].closed, true);
});

test("a socket that answers when it is checked was alive all along, so there is no gap", async () => {
  const scene = await Scene.entered({ history: [message(0)] });
  await scene.clock.pass(HOUR);
  scene.connection.check();
  await scene.tell(joined({ gap: true }));
  assert.deepEqual(scene.news(), [["joined", "resume"], ["free"]]);
});

test("a socket that does not answer when it is checked is replaced", async () => {
  const scene = await Scene.entered();
  await scene.clock.pass(2 * MINUTE);
  scene.connection.check();
  await scene.clock.pass(11 * SECOND);
  assert.equal(scene.sockets[0].closed, true);
  assert.equal(scene.sockets.length, 2);
});

test("a silent socket is not checked while it owes an answer anyway", async () => {
  const scene = await Scene.entered();
  await scene.clock.pass(2 * MINUTE);
  await scene.send("client-a");
  scene.connection.check();
  assert.equal(scene.asked.length, 2);
});

test("a check that finds messages to catch up with is not ready meanwhile", async () => {
  const scene = await Scene.entered({ history: [message(0)] });
  await scene.clock.pass(2 * MINUTE);
  scene.connection.check();
  await scene.tell(message(90 * SECOND)); // the join has brought it back to the server's mind
  await scene.tell(joined({ history: [message(10 * SECOND)], more: true }));
  assert.deepEqual(scene.news().at(-1), ["ready", false]);
  await scene.reconnect();
  assert.equal(scene.sinces.at(-1), cursor(-5 * SECOND));
});

test("a live message does not move the cursor past what a check may still bring", async () => {
  const scene = await Scene.entered({ history: [message(0)] });
  await scene.clock.pass(2 * MINUTE);
  scene.connection.check();
  await scene.tell(message(90 * SECOND));
  await scene.reconnect();
  assert.equal(scene.sinces.at(-1), cursor(-15 * SECOND));
});

test("a socket is pinged before it idles out, unless anything was said or nobody looks", async () => {
  const scene = await Scene.entered();
  await scene.clock.pass(8 * MINUTE);
  await scene.tell(presence);
  await scene.clock.pass(8 * MINUTE);
  await scene.send("client-a");
  scene.connection.settle("client-a");
  await scene.clock.pass(8 * MINUTE);
  assert.equal(scene.pings, 0);
  await scene.clock.pass(MINUTE);
  assert.equal(scene.pings, 1);
  await scene.clock.pass(9 * MINUTE);
  assert.equal(scene.pings, 2);
  scene.awake = false;
  await scene.clock.pass(HOUR);
  assert.equal(scene.pings, 2);
  assert.deepEqual(scene.sockets.length, 1);
});

test("after the machine has slept longer than a socket may idle, there is a new one", async () => {
  const scene = await Scene.entered();
  await scene.clock.pass(MINUTE);
  scene.clock.sleep(10 * MINUTE);
  await scene.clock.pass(SECOND);
  assert.equal(scene.pings, 0);
  assert.equal(scene.sockets[0].closed, true);
  assert.equal(scene.sockets.length, 2);
});

test("trouble is told once, however often it strikes", async () => {
  const scene = await Scene.entered();
  await scene.cut();
  for (let losses = 0; losses < 5; losses++) await scene.reconnect();
  assert.deepEqual(scene.news(), [["ready", false]]);
});

// --- the two-hour limit ---

/** Somebody who has been in the room for 1 h 54 min. */
async function almostOld() {
  const scene = await Scene.entered({ history: [message(0)] });
  await scene.clock.pass(114 * MINUTE);
  scene.news();
  return scene;
}

test("an old socket is replaced in time, at once, and without a gap even in a quiet room", async () => {
  const scene = await almostOld();
  assert.equal(scene.asked.length, 1);
  await scene.clock.pass(MINUTE);
  assert.equal(scene.asked.length, 2);
  await scene.tell(joined({ gap: true }));
  assert.equal(scene.sockets[0].closed, true);
  assert.equal(scene.sockets.length, 2);
  await scene.open();
  await scene.tell(joined({ gap: true }));
  assert.deepEqual(scene.news(), [
    ["joined", "refresh"],
    ["ready", false],
    ["joined", "resume"],
    ["ready", true],
    ["free"],
  ]);
  await scene.clock.pass(114 * MINUTE);
  assert.equal(scene.sockets.length, 2);
});

test("a new socket that fails in an old one's place does not wait longer for troubles long past", async () => {
  const scene = await Scene.entered();
  for (let losses = 0; losses < 5; losses++) await scene.reconnect();
  await scene.tell(joined());
  await scene.clock.pass(115 * MINUTE);
  await scene.tell(joined());
  const before = scene.sockets.length;
  await scene.cut();
  await scene.clock.pass(250);
  assert.equal(scene.sockets.length, before + 1);
});

test("an old socket is not replaced while a message is in flight", async () => {
  const scene = await almostOld();
  await scene.clock.pass(55 * SECOND);
  await scene.send("client-a");
  await scene.clock.pass(6 * SECOND);
  assert.equal(scene.asked.length, 2);
  scene.connection.settle("client-a");
  await settled();
  assert.equal(scene.asked.length, 3);
  await scene.tell(joined());
  assert.equal(scene.sockets.length, 2);
});

test("an old socket of a page that nobody looks at is replaced when somebody does", async () => {
  const scene = await almostOld();
  scene.awake = false;
  await scene.clock.pass(3 * MINUTE);
  await scene.tell(presence);
  assert.equal(scene.asked.length, 1);
  scene.awake = true;
  scene.connection.check();
  await scene.tell(joined());
  assert.equal(scene.sockets.length, 2);
});

test("an old socket whose last question is refused is not asked again at once", async () => {
  const scene = await almostOld();
  await scene.clock.pass(MINUTE);
  await scene.tell(error("server_error"));
  assert.equal(scene.asked.length, 2);
  await scene.clock.pass(5 * SECOND);
  assert.equal(scene.asked.length, 3);
  await scene.tell(joined());
  assert.equal(scene.sockets.length, 2);
});

// --- people and names ---

test("a fresh snapshot is asked for when nothing else is", async () => {
  const scene = await Scene.entered({ history: [message(0)] });
  scene.connection.refresh();
  scene.connection.refresh();
  assert.deepEqual(scene.sinces, [undefined, cursor(-15 * SECOND)]);
  await scene.tell(joined({ gap: true }));
  assert.deepEqual(scene.news(), [["joined", "refresh"], ["free"]]);

  await scene.send("client-a");
  scene.connection.refresh();
  assert.equal(scene.asked.length, 3);
  scene.connection.settle("client-a");
  await settled();
  assert.equal(scene.asked.at(-1).action, "join");
});

test("a message that waits goes before a fresh snapshot", async () => {
  const scene = await Scene.entered();
  await scene.send("client-a");
  scene.connection.refresh();
  scene.listener.free = () => scene.connection.send({ client: "client-b", text: "sealed b" });
  scene.connection.settle("client-a");
  await settled();
  assert.deepEqual(
    scene.asked.map(({ action, client }) => client ?? action),
    ["join", "client-a", "client-b"],
  );
});

test("a wish for a fresh snapshot is fulfilled by whatever join comes first", async () => {
  const scene = await Scene.entered();
  await scene.cut();
  scene.connection.refresh();
  await scene.clock.pass(SECOND);
  await scene.open();
  await scene.tell(joined());
  assert.equal(scene.asked.length, 2);
});

test("a fresh snapshot over the rate limit waits, and messages do not", async () => {
  const scene = await Scene.entered();
  scene.connection.refresh();
  await scene.tell(error("rate_limited", { retryAfter: 30 }));
  assert.deepEqual(scene.news(), [["free"]]);
  assert.equal(await scene.send("client-a"), true);
  scene.connection.settle("client-a");
  await scene.clock.pass(30 * SECOND - 1);
  assert.equal(scene.asked.length, 3);
  await scene.clock.pass(1);
  assert.equal(scene.asked.length, 4);
  await scene.tell(joined());
  await scene.clock.pass(MINUTE);
  assert.equal(scene.asked.length, 4);
});

test("a snapshot that is refused otherwise is given up, and the person hears why", async () => {
  const scene = await Scene.entered();
  scene.connection.refresh();
  await scene.tell(error("too_long"));
  assert.deepEqual(scene.news(), [["said", "It is too_long."], ["free"]]);
  await scene.clock.pass(MINUTE);
  assert.equal(scene.asked.length, 2);
});

test("a new alias is told at once, and with every join from then on", async () => {
  const scene = await Scene.entered();
  scene.connection.rename("sealed Eve");
  assert.equal(scene.asked[1].alias, "sealed Eve");
  await scene.tell(joined());
  await scene.reconnect();
  assert.equal(scene.asked[2].alias, "sealed Eve");
});

test("a new alias that comes while a join is on its way is told after it", async () => {
  const scene = new Scene();
  await scene.open();
  scene.connection.rename("sealed Eve");
  await scene.tell(joined());
  assert.deepEqual(
    scene.asked.map(({ alias }) => alias),
    ["sealed Ada", "sealed Eve"],
  );
  await scene.tell(joined());
  assert.equal(scene.asked.length, 2);
});

// --- what was said before ---

/** Somebody who entered when the newest message was at 90 s, and asks for those before. */
async function reader() {
  const scene = await Scene.entered({ history: [message(80 * SECOND), message(90 * SECOND)] });
  const reading = { done: undefined };
  const finished = scene.connection.earlier();
  finished.then((whole) => {
    reading.done = whole;
  });
  await settled();
  return { scene, reading, finished };
}

test("earlier messages are fetched from the beginning up to what is known, page by page", async () => {
  const { scene, reading } = await reader();
  assert.deepEqual(scene.sinces, [undefined, BEGINNING]);
  await scene.tell(joined({ history: [message(1), message(2)], more: true, gap: true }));
  assert.deepEqual(scene.sinces.slice(2), [id(2)]);
  assert.equal(reading.done, undefined);
  await scene.tell(joined({ history: [message(3), message(80 * SECOND)], more: true }));
  assert.equal(reading.done, true);
  assert.equal(scene.asked.length, 3);
  assert.deepEqual(scene.news(), [
    ["joined", "earlier", id(1), id(2)],
    ["free"],
    ["joined", "earlier", id(3), id(80 * SECOND)],
    ["free"],
  ]);
});

test("earlier messages end where there is no more", async () => {
  for (const last of [{ history: [message(1)] }, { history: [], more: true }]) {
    const { scene, reading } = await reader();
    await scene.tell(joined(last));
    assert.equal(reading.done, true);
    assert.equal(scene.asked.length, 2);
  }
});

test("earlier messages are fetched once", async () => {
  const { scene, finished } = await reader();
  assert.equal(scene.connection.earlier(), finished);
  await scene.tell(joined());
  assert.equal(scene.connection.earlier(), finished);
  assert.equal(await finished, true);
  assert.equal(scene.asked.length, 2);
});

test("reading earlier messages does not move the cursor, and live ones do", async () => {
  const { scene } = await reader();
  await scene.tell(joined({ history: [message(1)], more: true }));
  await scene.reconnect();
  assert.equal(scene.sinces.at(-1), cursor(75 * SECOND));
  await scene.tell(joined());
  await scene.tell(message(100 * SECOND));
  await scene.reconnect();
  assert.equal(scene.sinces.at(-1), cursor(85 * SECOND));
});

test("reading earlier messages goes on after a lost socket", async () => {
  const { scene, reading } = await reader();
  await scene.tell(joined({ history: [message(1)], more: true }));
  await scene.reconnect();
  await scene.tell(joined({ history: [message(100 * SECOND)] }));
  assert.equal(scene.sinces.at(-1), id(1));
  await scene.tell(joined({ history: [message(80 * SECOND)], more: true }));
  assert.equal(reading.done, true);
});

test("a message goes out between two pages of earlier ones, and no page while it is in flight", async () => {
  const { scene } = await reader();
  scene.listener.free = () => scene.connection.send({ client: "client-a", text: "sealed a" });
  await scene.tell(joined({ history: [message(1)], more: true }));
  assert.equal(scene.asked.at(-1).client, "client-a");
  scene.listener.free = () => {};
  scene.connection.settle("client-a");
  await settled();
  assert.equal(scene.sinces.at(-1), id(1));
});

test("earlier messages that are asked for while a message is in flight wait for it", async () => {
  const scene = await Scene.entered();
  await scene.send("client-a");
  scene.connection.earlier();
  assert.equal(scene.asked.length, 2);
  scene.connection.settle("client-a");
  await settled();
  assert.equal(scene.sinces.at(-1), BEGINNING);
});

test("reading over the rate limit waits as long as it is told, and goes on", async () => {
  const { scene, reading } = await reader();
  await scene.tell(joined({ history: [message(1)], more: true }));
  await scene.tell(error("rate_limited", { retryAfter: 50 }));
  assert.equal(scene.connection.free, true);
  await scene.clock.pass(50 * SECOND - 1);
  assert.equal(scene.asked.length, 3);
  await scene.clock.pass(1);
  assert.equal(scene.sinces.at(-1), id(1));
  await scene.tell(joined());
  assert.equal(reading.done, true);
});

test("reading that is refused says so, and can be tried again", async () => {
  const { scene, reading, finished } = await reader();
  await scene.tell(error("server_error"));
  assert.equal(reading.done, false);
  assert.deepEqual(scene.news(), [["said", "It is server_error."], ["free"]]);
  const again = scene.connection.earlier();
  assert.notEqual(again, finished);
  await scene.clock.pass(5 * SECOND);
  await scene.tell(joined());
  assert.equal(await again, true);
});

test("reading ends when the connection is closed", async () => {
  const { scene, reading } = await reader();
  scene.connection.close();
  await settled();
  assert.equal(reading.done, false);
  assert.equal(await scene.connection.earlier(), false);

  const other = await Scene.entered();
  other.connection.close();
  assert.equal(await other.connection.earlier(), false);
});

test("in a room that was empty there is nothing earlier than what is known", async () => {
  const scene = await Scene.entered();
  await scene.tell(message(1));
  const finished = scene.connection.earlier();
  await scene.tell(joined({ history: [message(1)], more: true }));
  assert.equal(await finished, true);
});

// --- leaving ---

test("after it is closed a connection tells nothing, asks nothing and leaves no timer", async () => {
  const scene = await Scene.entered();
  const { kept, keep } = promise();
  scene.listener.message = async (frame) => {
    if (frame.id === id(1)) await kept;
    else scene.told.push(["message", frame.id]);
  };
  await scene.send("client-a");
  await scene.tell(message(1), message(2), presence);
  scene.connection.close();
  assert.equal(scene.connection.free, false);
  keep();
  await settled();
  for (const call of ["check", "refresh", "close"]) scene.connection[call]();
  scene.connection.rename("sealed Eve");
  scene.connection.settle("client-a");
  assert.equal(await scene.send("client-b"), false);
  await scene.clock.pass(3 * HOUR);
  assert.deepEqual(scene.news(), []);
  assert.equal(scene.asked.length, 2);
  assert.equal(scene.sockets.length, 1);
  assert.equal(scene.socket.closed, true);
  assert.equal(scene.clock.pending, 0);
});

test("a room may be left while its snapshot is being decrypted", async () => {
  const scene = new Scene();
  const { kept, keep } = promise();
  scene.listener.joined = () => kept;
  await scene.open();
  await scene.tell(joined());
  scene.connection.close();
  keep();
  await settled();
  assert.deepEqual(scene.news(), []);
  assert.equal(scene.clock.pending, 0);
});

test("a browser's own clock and timers are used as they are at the time", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"], now: NOW });
  const ran = [];
  BROWSER.setTimeout(() => ran.push("kept"), 10);
  BROWSER.clearTimeout(BROWSER.setTimeout(() => ran.push("cleared"), 10));
  t.mock.timers.tick(10);
  assert.deepEqual(ran, ["kept"]);
  assert.equal(BROWSER.now(), NOW + 10);
  assert.ok(BROWSER.random() < 1);
});
