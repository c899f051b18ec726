// What tabs of one browser know each other by. All hold the file's name: two users in one browser have two files, and
// neither waits for the other.

/** Goes up whenever what tabs say to each other changes. An app's own `version` is told apart beside it. */
export const PROTOCOL = 2;

/** Whoever holds it leads: its worker has the file. */
export const leaderLock = (file: string) => `roadbook/leader/${file}`;

/** The leader's worker holds it for as long as it lives. */
export const filesLock = (file: string) => `roadbook/files/${file}`;

/** A tab holds it for as long as it lives. */
export const tabLock = (file: string, tab: string) => `roadbook/tab/${file}/${tab}`;

/** Where tabs talk to each other. */
export const channelName = (file: string) => `roadbook/${file}`;

/** In localStorage, while somebody works in the file. */
export const markerKey = (file: string) => `roadbook/file/${file}`;

/** The folder among the site's private files in which the core makes one for each file. */
export const FOLDER = "roadbook";
