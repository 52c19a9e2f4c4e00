using Microsoft.Extensions.Configuration;

namespace Darkroom.Silo.Secrets;

/// <summary>Takes settings from a folder of files, one setting each: secrets that Kubernetes or a vault mounts.</summary>
/// <remarks>
/// The file <c>Cluster__ConnectionString</c> holds the setting <c>Cluster:ConnectionString</c>. What an environment or a command line
/// says is seen by everybody who may look at the process; a file is read by its owner alone.
/// </remarks>
public static class SecretFiles
{
    /// <summary>The variable that names the folder.</summary>
    public const string FolderKey = "DARKROOM_SECRETS";

    /// <summary>Adds the folder that <c>DARKROOM_SECRETS</c> names; its files count before everything that was added so far.</summary>
    /// <param name="configuration">The settings, with the environment among them.</param>
    /// <exception cref="SecretFilesException">There is no such folder, or a file of it cannot be read.</exception>
    public static IConfigurationManager AddSecretFiles(this IConfigurationManager configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        if (configuration[FolderKey] is not { Length: > 0 } folder)
            return configuration;
        if (!Directory.Exists(folder))
            throw new SecretFilesException($"{FolderKey} is '{folder}', which is no folder: it takes the folder whose files are settings, such as Cluster__ConnectionString.");
        try
        {
            configuration.AddKeyPerFile(Path.GetFullPath(folder), optional: false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SecretFilesException($"The files in '{folder}' ({FolderKey}) cannot be read: {error.Message}", error);
        }

        return configuration;
    }
}
