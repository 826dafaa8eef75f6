// The type of config.js, which is never committed; config.example.js shows it.
declare const config: { websocketUrl: string };
export default config;
