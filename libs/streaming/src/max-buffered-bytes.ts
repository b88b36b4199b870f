/** So much may wait for one slow reader before it is cut, bytes; it resumes from its last cursor. A busy inbox of 500 messages a second fills it in 3 s. */
export const maxBufferedBytes = 4 * 1024 * 1024;
