// The shape of config.js, which is never committed: `make dev` and the deployment write it.
export default { websocketUrl: "ws://localhost:3001" };
