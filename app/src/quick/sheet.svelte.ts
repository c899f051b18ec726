// Whether quick add is open: over any screen, and the screen stays as it is.

/** With Alt: a letter alone may not be a shortcut (WCAG 2.1.4), and this one is free in browsers and their menus. */
export const SHORTCUT = "Alt+Q";

class QuickSheetState {
  isOpen = $state(false);

  open(): void {
    this.isOpen = true;
  }

  close(): void {
    this.isOpen = false;
  }
}

export const quickSheet = new QuickSheetState();

/** The form. Asked for when a finger comes down, it is there when the button is pressed. */
export function loadQuickAdd() {
  return import("./QuickAdd.svelte");
}

export function isShortcut({ code, altKey, ctrlKey, metaKey, shiftKey }: KeyboardEvent): boolean {
  return code === "KeyQ" && altKey && !ctrlKey && !metaKey && !shiftKey;
}
