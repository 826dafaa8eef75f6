// Who is in the room. `online` is the truth; the names known may be fewer (a full frame, a big room's silence).

export class Members {
  online = 0;
  names = new Map(); // member id → alias

  reset(members, online) {
    this.names = new Map(members.map(({ id, alias }) => [id, alias]));
    this.online = online;
  }

  /** Apply a presence frame. Returns the aliases that came and went, without those that only changed their name. */
  apply({ joined, left, online }) {
    const came = joined.filter(({ id }) => !this.names.has(id));
    left.forEach(({ id }) => this.names.delete(id));
    joined.forEach(({ id, alias }) => this.names.set(id, alias));
    this.online = online;
    return { came: came.map(({ alias }) => alias), went: left.map(({ alias }) => alias) };
  }

  /** Somebody spoke: big rooms do not announce arrivals, so a name may be new. */
  heard({ from, online }) {
    this.online = online;
    if (this.names.size < online) this.names.set(from.id, from.alias);
  }
}
