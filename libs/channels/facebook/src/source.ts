export const SOURCE = 'facebook';

/** Begins the id of a contact who is known by a reference only: a guest at a checkbox plugin. */
export const USER_REF = 'user_ref:';
