/** Plain data: what may cross a process boundary or be stored. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }
