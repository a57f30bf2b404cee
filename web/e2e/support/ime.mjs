// An input method, as Chromium knows one: by the DevTools protocol.

/// @returns what an input method does in the box that has the focus
export async function inputMethodOf(page) {
  const cdp = await page.context().newCDPSession(page);
  const compose = (text) =>
    cdp.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length });
  const key = (type, keyCode, more = {}) =>
    cdp.send('Input.dispatchKeyEvent', {
      type,
      key: keyCode === 229 ? 'Process' : 'Enter',
      code: 'Enter',
      windowsVirtualKeyCode: keyCode,
      nativeVirtualKeyCode: keyCode,
      ...more,
    });
  return {
    compose,
    commit: (text) => cdp.send('Input.insertText', { text }),
    /// A press of Enter that the input method takes for itself.
    enterTaken: () => key('rawKeyDown', 229),
    enterDown: () => key('keyDown', 13, { text: '\r' }),
    enterUp: () => key('keyUp', 13),
    close: () => cdp.detach(),
  };
}
