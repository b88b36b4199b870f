/** So much may wait for a slow reader before it is cut; it resumes from its last cursor. A busy inbox of 500 messages a second fills it in 3 s. */
export const maxBufferedBytes = 4 * 1024 * 1024;
