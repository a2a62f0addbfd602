// The way into a match: a guest account, then a bot or a room; what comes out is a ticket. And sockets that come back.
const RULESET = { pointsToWin: 2, startSpeed: 200_000, paddleHalfHeight: 4_000 };
/** Close codes after which one connects again; docs/errors.md says what the others mean. */
const COME_BACK = [1006, 1011, 1012, 1013, 1014, 4001, 4002, 4008];

export const socketsOf = (url) => url.replace("http", "ws");

/** A call of the API: the answer, and the token if it signs one in. */
export async function post(url, method, body, token) {
  const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
  const answer = await fetch(`${url}/api/matchpoint.v1.${method}`, { method: "POST", headers, body: JSON.stringify(body) });
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.message);
  return [said, answer.headers.get("matchpoint-set-token")];
}

/** One connection: `opened(socket)`, then `heard(data)` for each message. Resolves whether to come again when it ends. */
export function connection(address, protocol, opened, heard, headers = {}) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(address, { protocols: [protocol], headers });
    socket.binaryType = "arraybuffer";
    socket.onopen = () => opened(socket);
    socket.onmessage = ({ data }) => {
      try {
        heard(data);
      } catch (error) {
        reject(error);
        socket.close();
      }
    };
    socket.onclose = ({ code }) => setTimeout(() => resolve(COME_BACK.includes(code)), Math.random() * 250);
  });
}

/** Makes a room, or enters the one with this code; the ticket once its match begins. */
async function meet(url, token, code) {
  let socket, ticket, printed, number = 0;
  const say = (command) => socket.send(JSON.stringify({ requestId: ++number, ...command }));
  await connection(
    `${socketsOf(url)}/ws/lobby`, "matchpoint.v1.json",
    (opened) => {
      socket = opened;
      say(code === "create" ? { createRoom: { ruleset: RULESET } } : { joinRoom: { code } });
      say({ setReady: { ready: true } });
    },
    (data) => {
      const { refusal, started, room } = JSON.parse(data);
      if (refusal) throw new Error(refusal.sentence);
      if (started) {
        ticket = started.entry.ticket;
        socket.close();
      } else if (room && code === "create") {
        // A room is sent whole after each change. Once both are ready, its host starts.
        const ready = room.members.filter((member) => member.ready).length;
        if (ready === 1 && !printed) console.log((printed = `room ${room.code}`));
        if (ready === 2) {
          code = room.code;
          say({ start: {} });
        }
      }
    },
    { authorization: `Bearer ${token}` },
  );
  if (!ticket) throw new Error("The lobby has ended.");
  return ticket;
}

/** A ticket: against a bot, or with "create" or a room's code against another person. */
export async function ticketFor(url, code) {
  const [, token] = await post(url, "AccountService/CreateGuest", {});
  if (code) return meet(url, token, code);
  const [started] = await post(url, "DirectoryService/StartSession", { bot: {}, ruleset: RULESET }, token);
  return started.entry.ticket;
}
