import { Module } from '@nestjs/common';
import { ReferenceController } from './reference.controller.js';

/** `GET /openapi.json` and `GET /docs`. Nothing of it is loaded before somebody asks. */
@Module({ controllers: [ReferenceController] })
export class ReferenceModule {}
