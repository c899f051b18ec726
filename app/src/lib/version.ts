/** Of the core, by its bytes; the build writes it. */
declare const CORE_VERSION: string;

/** Another one whenever the core is: tabs of two do not share a file. */
export const coreVersion: string = CORE_VERSION;
