using System.ClientModel;
using System.ClientModel.Primitives;
using Darkroom.Imaging;
using Darkroom.Imaging.Codecs;
using Darkroom.Imaging.Resampling;
using Darkroom.Models.Describers;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenAI;
using OpenAI.Chat;

namespace Darkroom.Grains.Describers;

/// <summary>Asks a model of an OpenAI-compatible service (vLLM, Ollama, a cloud) LLMRA's three questions about a picture.</summary>
/// <remarks>A service that fails costs its time-out once, then it is left alone for a while; whoever asked falls back to the built-in describer and says so.</remarks>
internal sealed partial class EndpointDescriber(IOptions<DescriberOptions> settings, TimeProvider time, ILogger<EndpointDescriber> log)
{
    private const string NoKey = "none";                                        // the client wants one even where the service does not
    private const int MaxAnswerTokens = 300;

    private readonly DescriberOptions options = settings.Value;
    private readonly ChatClient? client = MakeClient(settings.Value);
    private readonly Lock gate = new();
    private (long Since, string Failure)? failed;

    /// <summary>Gets whether there is a service to ask.</summary>
    public bool IsConfigured => client is not null;

    /// <summary>Asks about a picture.</summary>
    /// <param name="picture">The picture; it is sent scaled down.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>What was seen, or why nothing was.</returns>
    public async Task<EndpointAnswer> AskAsync(PlanarImage picture, CancellationToken cancellationToken)
    {
        if (client is null)
            return EndpointAnswer.NotAsked;
        lock (gate)
        {
            if (failed is { } last && time.GetElapsedTime(last.Since) < options.Pause)
                return new EndpointAnswer(null, last.Failure);
        }

        var answer = await AskRepeatedlyAsync(client, picture, cancellationToken);
        lock (gate)
            failed = answer.Failure is { } reason ? (time.GetTimestamp(), reason) : null;
        if (answer.Failure is { } failure)
            LogFailed(options.Endpoint!, options.Model, failure, options.Pause);
        return answer;
    }

    private async Task<EndpointAnswer> AskRepeatedlyAsync(ChatClient service, PlanarImage picture, CancellationToken cancellationToken)
    {
        var small = Resampler.Fit(picture.Rendered ?? picture, options.PictureSize);
        var message = new UserChatMessage(
            ChatMessageContentPart.CreateTextPart(EndpointReply.Prompt),
            ChatMessageContentPart.CreateImagePart(BinaryData.FromBytes(ImageEncoder.Encode(small, ImageFormat.Jpeg)), ImageFormats.MediaTypeOf(ImageFormat.Jpeg)));
        using var timeout = new CancellationTokenSource(options.Timeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var failure = string.Empty;
        try
        {
            for (var attempt = 0; attempt <= options.Retries; attempt++)
            {
                if (attempt > 0)
                    await Task.Delay(options.RetryDelay, time, linked.Token);
                try
                {
                    ChatCompletion completion = await service.CompleteChatAsync([message], new ChatCompletionOptions { MaxOutputTokenCount = MaxAnswerTokens, Temperature = 0 }, linked.Token);
                    if (EndpointReply.Parse(string.Concat(completion.Content.Select(part => part.Text))) is { } description)
                        return new EndpointAnswer(description, null);
                    failure = "it gave no usable description";
                }
                catch (ClientResultException error) when (error.Status == 0)
                {
                    failure = $"it cannot be reached ({FirstLine(error.Message)})";
                }
                catch (ClientResultException error)
                {
                    failure = $"it answered with status {error.Status}";
                    if (error.Status is >= 400 and < 500 and not (408 or 429))
                        break;                                                  // the same request would be refused again
                }
                catch (Exception error) when (error is HttpRequestException or IOException or AggregateException)
                {
                    failure = $"it cannot be reached ({FirstLine(error.Message)})";
                }
                catch (Exception error) when (error is System.Text.Json.JsonException or FormatException or InvalidOperationException or ArgumentException or KeyNotFoundException)
                {
                    failure = "its answer is not that of an OpenAI-compatible service";
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            failure = failure.Length == 0 ? $"it did not answer within {options.Timeout.TotalSeconds:0.##} s" : $"{failure}, and then not within {options.Timeout.TotalSeconds:0.##} s";
        }

        return new EndpointAnswer(null, failure);
    }

    private static string FirstLine(string message) => message.Split('\n', 2)[0].TrimEnd('.', '\r', ' ');

    private static ChatClient? MakeClient(DescriberOptions options) => options.Endpoint is null ? null : new ChatClient(
        options.Model,
        new ApiKeyCredential(options.ApiKey.Length > 0 ? options.ApiKey : NoKey),
        new OpenAIClientOptions
        {
            Endpoint = options.Endpoint,
            RetryPolicy = new ClientRetryPolicy(0),                             // repeated here, where a useless answer counts as a failure too
            NetworkTimeout = options.Timeout,
        });

    [LoggerMessage(1090, LogLevel.Warning, "The describer {Model} at {Endpoint} failed: {Failure}. The built-in describer is used; the service is asked again after {Pause}")]
    private partial void LogFailed(Uri endpoint, string model, string failure, TimeSpan pause);
}

/// <summary>What came of asking.</summary>
/// <param name="Description">What was seen, or null.</param>
/// <param name="Failure">Why nothing was seen, for people; null if something was, or nobody was asked.</param>
internal sealed record EndpointAnswer(ImageDescription? Description, string? Failure)
{
    /// <summary>Gets the answer where no service is configured.</summary>
    public static EndpointAnswer NotAsked { get; } = new(null, null);

    /// <summary>Gets what a user is told beside the built-in describer's words; empty if the service did not fail.</summary>
    public string Note => Failure is null ? string.Empty : $"(The describing service could not be asked: {Failure}. These are the built-in describer's words.)";
}
