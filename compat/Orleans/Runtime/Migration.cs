using System.Diagnostics.CodeAnalysis;

namespace Orleans.Runtime;

/// <summary>Carries state of its own from one activation to the next when a grain migrates.</summary>
public interface IGrainMigrationParticipant
{
    void OnDehydrate(IDehydrationContext dehydrationContext);

    void OnRehydrate(IRehydrationContext rehydrationContext);
}

/// <summary>Takes the values of the old activation.</summary>
public interface IDehydrationContext
{
    IEnumerable<string> Keys { get; }

    bool TryAddValue<T>(string key, T? value);
}

/// <summary>Gives the values to the new activation.</summary>
public interface IRehydrationContext
{
    IEnumerable<string> Keys { get; }

    bool TryGetValue<T>(string key, [MaybeNullWhen(false)] out T value);
}
