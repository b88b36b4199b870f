export const SOURCE = 'facebook';
