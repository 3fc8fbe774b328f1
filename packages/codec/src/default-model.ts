/** The id of the model that every package uses by default. The only place that names it. */
export const DEFAULT_MODEL = 'photo-6';
