/** The bytes that can't stand in a JSON string as they are, beside control characters. */

export const QUOTE: u32 = 0x22;
export const BACKSLASH: u32 = 0x5c;
