namespace Darkroom.Workbench.Capacity;

/// <summary>What a run does next on its device.</summary>
internal enum RunPhase
{
    /// <summary>The model is loaded for it.</summary>
    Load,

    /// <summary>The picture is described, the words are encoded.</summary>
    Prepare,

    /// <summary>A tile is encoded.</summary>
    Encode,

    /// <summary>A tile takes a step, beside tiles of others.</summary>
    Step,

    /// <summary>A tile is decoded.</summary>
    Finish,
}

/// <summary>A picture on its way.</summary>
internal sealed class SimulatedRun(SimulatedStream stream, string tenant, int tiles, double arrived)
{
    /// <summary>Gets who asked.</summary>
    public SimulatedStream Stream { get; } = stream;

    /// <summary>Gets whose it is.</summary>
    public string Tenant { get; } = tenant;

    /// <summary>Gets how many tiles the picture has.</summary>
    public int Tiles { get; } = tiles;

    /// <summary>Gets when it was asked for.</summary>
    public double Arrived { get; } = arrived;

    /// <summary>Gets or sets how many tiles are done.</summary>
    public int TilesDone { get; set; }

    /// <summary>Gets or sets how many steps of the tile under way are done.</summary>
    public int Step { get; set; }

    /// <summary>Gets or sets when its first step began; null before.</summary>
    public double? FirstStep { get; set; }

    /// <summary>Gets or sets where it is.</summary>
    public SimulatedDevice? Device { get; set; }

    /// <summary>Gets the steps that are left, of all tiles.</summary>
    public long StepsLeft => ((long)(Tiles - TilesDone) * Stream.Pipeline.Steps) - Step;

    /// <summary>Goes back to what is kept of it, as its device is gone.</summary>
    /// <returns>The steps that are to be done again.</returns>
    public int FallBack()
    {
        var lost = Step % Stream.Pipeline.CheckpointEverySteps;
        Step -= lost;
        Device = null;
        return lost;
    }
}
