/** A named part of a prompt, kept apart so that its size and effect can be asked for later. */
export interface PromptSection {
  readonly name: string
  readonly text: string
}

/** What is sent to a model: one system text, one user text, and the sections the user text was made of. */
export interface Prompt {
  readonly template: string
  readonly system: string
  readonly user: string
  readonly sections: readonly PromptSection[]
}
