using Darkroom.Cli.Clusters;
using Darkroom.Cli.Embedded;
using Darkroom.Contracts.Runs;
using Darkroom.Imaging;

namespace Darkroom.Cli.Restore;

/// <summary>What <c>restore</c> was asked to do.</summary>
/// <param name="PhotoPath">The photograph, <c>-</c> for standard input, or null for a sample that is drawn.</param>
/// <param name="OutputPath">Where the result goes, <c>-</c> for standard output, or null for a name beside the photograph.</param>
/// <param name="Instruction">The user's words, or null for <c>&lt;restore&gt;</c>.</param>
/// <param name="Settings">The settings of the run; its seed is the sample's too.</param>
/// <param name="Target">Which cluster restores.</param>
/// <param name="Model">The model to restore with.</param>
/// <param name="IsJson">Whether the report is JSON.</param>
/// <param name="Rounds">How often the result is described and the photograph restored by that; 1 is once, without.</param>
/// <param name="Region">The part that may change, or null for all of it.</param>
/// <param name="PreviewSteps">Steps between two previews that are written, or null for none.</param>
/// <param name="SidePath">What says how a stored Bayer mosaic is to be read, or null.</param>
/// <param name="Format">The format on standard output, or null for the photograph's.</param>
internal sealed record RestoreRequest(
    string? PhotoPath,
    string? OutputPath,
    string? Instruction,
    RestorationSettings Settings,
    ClusterTarget Target,
    ModelChoice Model,
    bool IsJson,
    int Rounds,
    RegionRequest? Region = null,
    int? PreviewSteps = null,
    string? SidePath = null,
    ImageFormat? Format = null)
{
    /// <summary>Gets the message that the session is sent: the bare command, or the user's words as a refinement, which are taken at their word.</summary>
    /// <remarks>Words that hold a command of their own are sent as they are.</remarks>
    public string Message => Instruction switch
    {
        null => "<restore>",
        _ when Instruction.Contains('<', StringComparison.Ordinal) => Instruction,
        _ => $"<refine> {Instruction}",
    };
}
