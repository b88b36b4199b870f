export { createTestDatabase, type TestDatabase } from './test-postgres.js';
