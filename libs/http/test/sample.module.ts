import { Module } from '@nestjs/common';
import { HealthModule } from '../src/index.js';
import { Gate, SampleController } from './sample.controller.js';

@Module({ imports: [HealthModule], controllers: [SampleController], providers: [Gate] })
export class SampleModule {}
