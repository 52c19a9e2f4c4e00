using Darkroom.Contracts.Images;
using Darkroom.Contracts.Runs;

namespace Darkroom.Contracts.Devices;

/// <summary>How a device answered.</summary>
public enum DeviceOutcome
{
    /// <summary>It is done.</summary>
    Done,

    /// <summary>It is still working on it; the same call again waits on.</summary>
    Working,

    /// <summary>The device's queue is full; ask again after a moment, or another device.</summary>
    Busy,

    /// <summary>The silo no longer has the run's pixels and latents; prepare again.</summary>
    WorkspaceLost,

    /// <summary>The silo is stopping; go to another device.</summary>
    Stopping,

    /// <summary>Not even one tile fits into the device's memory now; go to another device, or ask again after a moment.</summary>
    OutOfMemory,
}

/// <summary>Asks for a description.</summary>
/// <param name="Image">The picture.</param>
/// <param name="Tenant">Who asks; shares of a busy device go by it.</param>
/// <param name="Gain">The digital gain of a RAW file, or null for the automatic one.</param>
[GenerateSerializer, Immutable, Alias("Darkroom.DescribeRequest")]
public sealed record DescribeRequest([property: Id(0)] ImageRef Image, [property: Id(1)] string Tenant, [property: Id(2)] double? Gain = null);

/// <summary>A description.</summary>
/// <param name="Outcome"><see cref="DeviceOutcome.Done"/>, <see cref="DeviceOutcome.Busy"/> or <see cref="DeviceOutcome.Stopping"/>.</param>
/// <param name="Description">What was seen, when done; null if the model has no describer.</param>
[GenerateSerializer, Immutable, Alias("Darkroom.DescribeResult")]
public sealed record DescribeResult([property: Id(0)] DeviceOutcome Outcome, [property: Id(1)] PictureDescription? Description);

/// <summary>What a describer measured and said.</summary>
/// <param name="NoiseSigma">Standard deviation of the noise, in levels of 0..255.</param>
/// <param name="RainProbability">How sure it is that there are rain streaks, 0..1.</param>
/// <param name="DarknessProbability">How sure it is that the picture is under-exposed, 0..1.</param>
/// <param name="Lighting">The sentence about light.</param>
/// <param name="Rain">The sentence about rain.</param>
/// <param name="Noise">The sentence about noise.</param>
/// <param name="Note">What a user is told beside the sentences, such as who failed to give better ones; empty for nothing.</param>
[GenerateSerializer, Immutable, Alias("Darkroom.PictureDescription")]
public sealed record PictureDescription(
    [property: Id(0)] double NoiseSigma,
    [property: Id(1)] double RainProbability,
    [property: Id(2)] double DarknessProbability,
    [property: Id(3)] string Lighting,
    [property: Id(4)] string Rain,
    [property: Id(5)] string Noise,
    [property: Id(6)] string Note = "")
{
    /// <summary>Gets the three sentences as one text.</summary>
    public string Text => $"{Lighting} {Rain} {Noise}";
}

/// <summary>Asks to prepare a run.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Request">What it is to do.</param>
/// <param name="Checkpoint">The run's last checkpoint, or null to begin at the beginning.</param>
/// <param name="MaxWait">How long the call may wait for the device.</param>
/// <param name="Part">The tiles that the device is to work on while others work on the rest; null for all, and to put the result together. A part begins at its checkpoint, which names its next tile.</param>
[GenerateSerializer, Immutable, Alias("Darkroom.PrepareRequest")]
public sealed record PrepareRequest(
    [property: Id(0)] string RunId,
    [property: Id(1)] RunRequest Request,
    [property: Id(2)] RunCheckpoint? Checkpoint,
    [property: Id(3)] TimeSpan MaxWait,
    [property: Id(4)] TileRange? Part = null);

/// <summary>How a run will go.</summary>
/// <param name="Outcome">How the device answered; the rest is set when done.</param>
/// <param name="Tiles">Tiles of the picture.</param>
/// <param name="Steps">Steps of each tile.</param>
/// <param name="Description">The describer's sentences, or null.</param>
/// <param name="Instruction">The text that steers the model.</param>
/// <param name="ModelHash">SHA-256 of the checkpoint file.</param>
/// <param name="DeviceSeconds">Device time of the run since it was begun or taken up there.</param>
/// <param name="Expected">How long its steps will take there, by those that were measured.</param>
/// <param name="Pipeline">The pipeline of the model.</param>
[GenerateSerializer, Immutable, Alias("Darkroom.PrepareResult")]
public sealed record PrepareResult(
    [property: Id(0)] DeviceOutcome Outcome,
    [property: Id(1)] int Tiles = 0,
    [property: Id(2)] int Steps = 0,
    [property: Id(3)] string? Description = null,
    [property: Id(4)] string Instruction = "",
    [property: Id(5)] string ModelHash = "",
    [property: Id(6)] double DeviceSeconds = 0,
    [property: Id(7)] TimeSpan Expected = default,
    [property: Id(8)] string? Pipeline = null);

/// <summary>Asks to advance a run.</summary>
/// <param name="RunId">The run, or a part of it (<see cref="TileRange.IdOf"/>).</param>
/// <param name="MaxSteps">Stop after so many steps.</param>
/// <param name="CheckpointName">Write a checkpoint of this blob name when stopping before the end, or null for none.</param>
/// <param name="MaxWait">Answer after this time even if fewer steps are done; a step that has begun goes on.</param>
/// <param name="IsLeaving">Whether to stop after the step under way: who drives the run is about to go.</param>
/// <param name="PreviewEverySteps">Decode and store a preview after every so many steps; 0 for none.</param>
/// <param name="MaxTime">Stop between two tiles once the steps have taken so long, or null for no such limit.</param>
/// <param name="Range">The tiles to work on, or null to the end. Tiles elsewhere than those before are begun anew.</param>
[GenerateSerializer, Immutable, Alias("Darkroom.StepRequest")]
public sealed record StepRequest(
    [property: Id(0)] string RunId,
    [property: Id(1)] int MaxSteps,
    [property: Id(2)] string? CheckpointName,
    [property: Id(3)] TimeSpan MaxWait,
    [property: Id(4)] bool IsLeaving = false,
    [property: Id(5)] int PreviewEverySteps = 0,
    [property: Id(6)] TimeSpan? MaxTime = null,
    [property: Id(7)] TileRange? Range = null);

/// <summary>Where a run stands after some steps.</summary>
/// <param name="Outcome"><see cref="DeviceOutcome.Done"/> when the last tile that was asked for has its last step, <see cref="DeviceOutcome.Working"/> before.</param>
/// <param name="TilesDone">Tiles with all their steps.</param>
/// <param name="Step">Steps done of the next tile.</param>
/// <param name="Checkpoint">The checkpoint that was written, or null.</param>
/// <param name="DeviceSeconds">Device time of the run since it was begun or taken up there.</param>
/// <param name="Preview">The newest preview, or null.</param>
[GenerateSerializer, Immutable, Alias("Darkroom.StepResult")]
public sealed record StepResult(
    [property: Id(0)] DeviceOutcome Outcome,
    [property: Id(1)] int TilesDone = 0,
    [property: Id(2)] int Step = 0,
    [property: Id(3)] RunCheckpoint? Checkpoint = null,
    [property: Id(4)] double DeviceSeconds = 0,
    [property: Id(5)] ImageRef? Preview = null);

/// <summary>Asks to finish a run.</summary>
/// <param name="RunId">The run.</param>
/// <param name="MaxWait">How long the call may wait.</param>
[GenerateSerializer, Immutable, Alias("Darkroom.FinishRequest")]
public sealed record FinishRequest([property: Id(0)] string RunId, [property: Id(1)] TimeSpan MaxWait);

/// <summary>The result of a run.</summary>
/// <param name="Outcome">How the device answered.</param>
/// <param name="Result">The stored picture, when done.</param>
[GenerateSerializer, Immutable, Alias("Darkroom.FinishResult")]
public sealed record FinishResult([property: Id(0)] DeviceOutcome Outcome, [property: Id(1)] ImageRef? Result = null);
