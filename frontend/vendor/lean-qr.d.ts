// The part of lean-qr that the page uses.

export interface Code {
  /** Modules per side, without the quiet zone. */
  size: number;
  get(x: number, y: number): boolean;
}

export const correction: { L: 0; M: 1; Q: 2; H: 3 };

export function generate(text: string, options?: { minCorrectionLevel?: 0 | 1 | 2 | 3 }): Code;
