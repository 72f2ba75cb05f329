const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g
const anyControl = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g

/**
 * Makes text of a candidate or a model safe for a terminal, keeping its lines and tabs.
 *
 * Control characters become visible pictures (ESC becomes the one character `␛`), so no text can move the cursor,
 * change the title, write the clipboard or hide what stands behind it. Characters that reorder text become `\ufffd`.
 */
export function printable(text: string): string {
  return text.replaceAll('\r\n', '\n').replaceAll(controls, picture)
}

/** The same on one line: line ends and tabs become visible too. */
export function printableLine(text: string): string {
  return text.replaceAll(anyControl, picture)
}

function picture(character: string): string {
  const code = character.charCodeAt(0)
  if (code < 0x20) return String.fromCharCode(0x2400 + code)
  return code === 0x7f ? '\u2421' : '\ufffd'
}
